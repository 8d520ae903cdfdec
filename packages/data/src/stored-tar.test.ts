import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { Random } from "@ssl4rl/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stored } from "./stored.js";
import { openStoredTar } from "./stored-tar.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "ssl4rl-tar-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A header as POSIX describes it; the size may lie. */
function header(name: string, size: number | Buffer, type = "0"): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write("0000644\0", 100);
  if (typeof size === "number") block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else size.copy(block, 124);
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function member(name: string, content: string | Buffer, type?: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([header(name, bytes.length, type), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

const END = Buffer.alloc(1024);

function archive(name: string, ...blocks: Buffer[]): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat(blocks));
  return path;
}

async function contents(stored: Stored): Promise<[string, string][]> {
  const read = await Promise.all(Array.from({ length: stored.length }, (_, i) => stored.read(i)));
  return read.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]);
}

describe("openStoredTar", () => {
  it.each(["v7", "ustar", "gnu", "oldgnu", "pax"])("reads what tar writes in its %s format", async (format) => {
    const folder = join(root, `files-${format}`);
    const random = Random.from(format);
    const files = new Map<string, Buffer>();
    for (let i = 0; i < 40; i++) {
      // Names beyond 100 bytes and beyond ASCII, where the format knows them.
      const long = format !== "v7" && i % 4 === 0;
      const name = long ? `${"folder/".repeat(8)}${"n".repeat(80)}${i}.png` : `ä${i}.jpg`;
      const bytes = Buffer.from(Uint8Array.from({ length: 40 * i * i }, () => random.int(256)));
      files.set(name, bytes);
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    const path = join(root, `${format}.tar`);
    const names = [...files.keys()];
    execFileSync("tar", [`--format=${format}`, "-C", folder, "-cf", path, ...names]);
    const stored = await openStoredTar(path);
    expect(stored.skipped).toEqual([]);
    expect(stored.length).toBe(40);
    for (const i of [39, 0, 17, 4, 20, 1]) {
      const { name, bytes } = await stored.read(i);
      expect(name).toBe(`${format}.tar/${names[i]}`);
      expect(Buffer.compare(bytes, files.get(names[i])!)).toBe(0);
    }
  });

  it("goes through all shards of a folder in the order of their names, and counts what is no picture", async () => {
    archive("shards/b-000001.tar", member("1.jpg", "second"), member("1.json", "{}"), member("1.cls", "7"), END);
    archive("shards/a/b-000000.tar", member("0.JPG", "first"), member("0.txt", "a cat"), END);
    writeFileSync(join(root, "shards", "index.json"), "[]");
    const stored = await openStoredTar(join(root, "shards"));
    expect(await contents(stored)).toEqual([
      ["a/b-000000.tar/0.JPG", "first"],
      ["b-000001.tar/1.jpg", "second"],
    ]);
    expect(stored.skipped).toEqual([
      { file: "a/b-000000.tar", reason: "1 members are no pictures (.txt)" },
      { file: "b-000001.tar", reason: "2 members are no pictures (.json, .cls)" },
    ]);
  });

  it("lists names that lead out of the archive, links and devices, and writes nothing anywhere", async () => {
    const path = archive(
      "inner/odd.tar",
      member("../escaped.png", "a"),
      member("/tmp/ssl4rl-absolute.png", "b"),
      member("x/../../escaped.png", "c"),
      member("C:\\escaped.png", "d"),
      member("..\\escaped.png", "e"),
      member("link.png", "", "2"),
      member("device.png", "", "3"),
      member("folder.png/", "", "5"),
      member("x..y/fine.png", "fine"),
      END,
    );
    const stored = await openStoredTar(path);
    expect(await contents(stored)).toEqual([["odd.tar/x..y/fine.png", "fine"]]);
    expect(stored.skipped.map(({ file, reason }) => [file.slice("odd.tar/".length), reason])).toEqual([
      ["../escaped.png", "its name leads out of the archive"],
      ["/tmp/ssl4rl-absolute.png", "its name is an absolute path"],
      ["x/../../escaped.png", "its name leads out of the archive"],
      ["C:\\escaped.png", "its name is an absolute path"],
      ["..\\escaped.png", "its name leads out of the archive"],
      ["link.png", "a link or another special member, not a file"],
      ["device.png", "a link or another special member, not a file"],
    ]);
    expect(existsSync(join(root, "escaped.png"))).toBe(false);
    expect(existsSync("/tmp/ssl4rl-absolute.png")).toBe(false);
  });

  it("never takes half a file for whole: an archive cut anywhere gives whole members and says that it is cut", async () => {
    const whole = Buffer.concat([member("0.png", "0".repeat(700)), member("1.png", "1".repeat(700)), END]);
    for (const length of [600, 1300, 1536, 1700, 2100, 2700, 3072]) {
      const stored = await openStoredTar(archive("cut.tar", whole.subarray(0, length)));
      const expected = [
        ["cut.tar/0.png", "0".repeat(700)],
        ["cut.tar/1.png", "1".repeat(700)],
      ];
      expect(await contents(stored)).toEqual(expected.slice(0, length < 1212 ? 0 : length < 2748 ? 1 : 2));
      expect(stored.skipped.length, String(length)).toBeGreaterThan(0);
      expect(stored.skipped.at(-1)!.reason).toMatch(/the archive ends without its end mark/);
    }
  });

  it("gives no bytes of a member that was cut off after opening", async () => {
    const path = archive("later.tar", member("0.png", "0".repeat(700)), END);
    const stored = await openStoredTar(path);
    truncateSync(path, 900);
    await expect(stored.read(0)).rejects.toThrow("cut short");
  });

  it("does not believe sizes: of a member, of a name, or beyond all numbers", async () => {
    const binary = (...bytes: number[]) => Buffer.from([0x80, ...bytes]);
    const bombs = {
      "claims 8 GiB": header("bomb.png", 0o77777777777),
      "claims 2^40": header("bomb.png", binary(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0)),
      "claims 2^80": header("bomb.png", binary(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
      "name of 8 GiB": header("././@LongLink", 0o77777777777, "L"),
      "pax of 8 GiB": header("PaxHeader", 0o77777777777, "x"),
      "pax that claims 2^60": Buffer.concat([
        member("PaxHeader", "28 size=1152921504606846976\n", "x"),
        header("a.png", 1),
      ]),
      "no size": header("bomb.png", Buffer.from("abcdefghijk\0")),
    };
    for (const [name, bomb] of Object.entries(bombs)) {
      const stored = await openStoredTar(archive(`${name}.tar`, member("good.png", "good"), bomb));
      expect(await contents(stored), name).toEqual([[`${name}.tar/good.png`, "good"]]);
      expect(stored.skipped.length, name).toBeGreaterThan(0);
    }
  });

  it("lists a member that is really huge without reading it", async () => {
    const path = archive("sparse.tar", header("huge.png", 2 ** 32));
    truncateSync(path, 512 + 2 ** 32);
    appendFileSync(path, Buffer.concat([member("after.png", "after"), END]));
    const stored = await openStoredTar(path);
    expect(await contents(stored)).toEqual([["sparse.tar/after.png", "after"]]);
    expect(stored.skipped).toEqual([
      { file: "sparse.tar/huge.png", reason: "4294967296 bytes: no picture file is so large" },
    ]);
  });

  it("goes through 300,000 members, and names no more than 10,000 of those that are left out", async () => {
    const empty = (name: string) => Buffer.alloc(150_000 * 512, header(name, 0));
    const stored = await openStoredTar(archive("many.tar", empty("a.png"), empty(`../${"b".repeat(80)}.png`), END));
    expect(stored.length).toBe(150_000);
    expect((await stored.read(149_999)).name).toBe("many.tar/a.png");
    expect(stored.skipped).toHaveLength(10_001);
    expect(stored.skipped.at(-1)).toEqual({ file: "140000 more", reason: "only the first 10000 are listed" });
  });

  it("stops where the archive is damaged and says at which byte", async () => {
    const damaged = member("1.png", "one");
    damaged[3] ^= 1;
    const stored = await openStoredTar(archive("damaged.tar", member("0.png", "zero"), damaged, END));
    expect(await contents(stored)).toEqual([["damaged.tar/0.png", "zero"]]);
    expect(stored.skipped).toEqual([
      { file: "damaged.tar", reason: "from byte 1024 on: there is no tar header; members behind it are lost" },
    ]);
  });

  it("refuses what is no tar file, and compressed ones, with the remedy", async () => {
    const gz = archive("shard.tar", gzipSync(Buffer.concat([member("0.png", "zero"), END])));
    await expect(openStoredTar(gz)).rejects.toThrow(/shard\.tar is compressed.*Unpack it to a plain \.tar/);
    const page = archive("page.tar", Buffer.from("<html>404</html>".repeat(100)));
    await expect(openStoredTar(page)).rejects.toThrow(/page\.tar is no tar file: there is no tar header/);
    await expect(openStoredTar(archive("empty.tar"))).rejects.toThrow(/empty\.tar is no tar file/);
    await expect(openStoredTar(join(root, "missing.tar"))).rejects.toThrow(/No folder .*missing\.tar/);
  });

  it("survives any damage to a header byte", async () => {
    const whole = Buffer.concat([member("0.png", "zero"), member("1.png", "one"), END]);
    for (let at = 0; at < 1024 + 512; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] ^= 0xa5;
      const outcome = await openStoredTar(archive("changed.tar", changed)).then(contents, (error) => error);
      expect(Array.isArray(outcome) || outcome.name === "UserError", `byte ${at}`).toBe(true);
    }
    expect(readFileSync(join(root, "changed.tar")).length).toBe(whole.length);
  });
});
