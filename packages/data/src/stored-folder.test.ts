import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStoredFolder } from "./stored-folder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-stored-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("openStoredFolder", () => {
  it("gives the bytes of each file as they are, at any depth, in the order of the paths", async () => {
    mkdirSync(join(folder, "a"));
    for (const [file, content] of [
      ["b.jpg", "two"],
      ["a/z.png", "one"],
      ["B.jpg", "zero"],
    ]) {
      writeFileSync(join(folder, file), content);
    }
    const stored = await openStoredFolder(folder);
    expect(stored.length).toBe(3);
    const read = await Promise.all([2, 1, 0].map((index) => stored.read(index)));
    expect(read.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()])).toEqual([
      ["b.jpg", "two"],
      ["a/z.png", "one"],
      ["B.jpg", "zero"],
    ]);
    await stored.close();
  });

  it("lists links that lead nowhere, in a circle or to folders, and follows none into a loop", async () => {
    mkdirSync(join(folder, "deep"));
    writeFileSync(join(folder, "deep", "a.jpg"), "a");
    symlinkSync(folder, join(folder, "deep", "up"));
    symlinkSync("self.jpg", join(folder, "self.jpg"));
    symlinkSync("nowhere.jpg", join(folder, "gone.jpg"));
    symlinkSync("deep/a.jpg", join(folder, "linked.jpg"));
    const stored = await openStoredFolder(folder);
    expect((await Promise.all([0, 1].map((i) => stored.read(i)))).map(({ name }) => name)).toEqual([
      "deep/a.jpg",
      "linked.jpg",
    ]);
    expect(stored.length).toBe(2);
    expect(stored.skipped).toEqual([
      { file: "deep/up", reason: "a link to no file" },
      { file: "gone.jpg", reason: "a link that leads nowhere" },
      { file: "self.jpg", reason: "a link that leads nowhere" },
    ]);
  });

  it("lists 100,000 tiny files without opening them", { timeout: 120_000 }, async () => {
    for (let i = 0; i < 100; i++) {
      const inner = join(folder, String(i).padStart(2, "0"));
      mkdirSync(inner);
      writeFileSync(join(inner, "0.jpg"), "tiny");
      // Names for the same bytes are quicker to make, and listed alike.
      for (let k = 1; k < 1000; k++) linkSync(join(inner, "0.jpg"), join(inner, `${k}.jpg`));
    }
    const stored = await openStoredFolder(folder);
    expect(stored.length).toBe(100_000);
    expect((await stored.read(99_999)).name).toBe("99/999.jpg");
  });

  it("does not read into memory what is too large for a picture", async () => {
    writeFileSync(join(folder, "huge.jpg"), "");
    truncateSync(join(folder, "huge.jpg"), 2 ** 40);
    const stored = await openStoredFolder(folder);
    await expect(stored.read(0)).rejects.toThrow("1099511627776 bytes: no picture file is so large");
  });
});
