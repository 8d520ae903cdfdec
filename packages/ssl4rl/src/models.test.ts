import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { checkpointFolder } from "./models.js";
import { Progress } from "./progress.js";
import { startCommand } from "./test-command.js";

const REVISION = "0123456789abcdef0123456789abcdef01234567";
let root: string;
let snapshot: string;

/** The tiny model in a cache as Python keeps it, with no Hub to ask. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "ssl4rl-models-"));
  const storage = join(root, "hub/models--cats--tiny");
  snapshot = join(storage, "snapshots", REVISION);
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(join(storage, "refs"));
  writeFileSync(join(storage, "refs/main"), REVISION);
  const tiny = await checkpointFolder("tiny-vl", new Progress());
  for (const name of readdirSync(tiny)) symlinkSync(join(tiny, name), join(snapshot, name));
  vi.stubEnv("HF_HOME", root);
  vi.stubEnv("HF_HUB_CACHE", undefined);
  vi.stubEnv("HF_HUB_OFFLINE", "1");
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

describe("a model", () => {
  it.each(["tiny-vl", "tiny-graph"])("that comes with ssl4rl is at most 10 MB: %s", async (name) => {
    const folder = await checkpointFolder(name, new Progress());
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    expect(bytes).toBeLessThanOrEqual(10e6);
  });

  it("may be the name of one on the Hub, which is found in the cache", async () => {
    expect(await checkpointFolder("cats/tiny", new Progress())).toBe(snapshot);
    const args = ["--model", `cats/tiny@${REVISION}`, "--questions", "2", "--json"];
    const { code, out, err } = await startCommand(root, ["eval", ...args]).outcome;
    expect(err).toContain("rotation");
    expect([code, JSON.parse(out).model]).toEqual([0, snapshot]);
  });

  it("that is nowhere is refused, with what it may be", async () => {
    await expect(checkpointFolder("cats/none", new Progress())).rejects.toThrow(
      /There is no file or folder cats\/none, and no such model can be had from .*HF_HUB_OFFLINE is set/,
    );
    await expect(checkpointFolder("./none", new Progress())).rejects.toThrow(
      /No checkpoint in \.\/none: .* owner\/name/,
    );
    mkdirSync(join(root, "empty"));
    await expect(checkpointFolder(join(root, "empty"), new Progress())).rejects.toThrow(/config\.json is missing/);
  });
});
