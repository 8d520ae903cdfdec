import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchModel, isModelId } from "./fetch-model.js";
import { REVISION, TestHub } from "./test-hub.js";

let root: string;
let hub: TestHub;
const storage = () => join(root, "hub/models--cats--small");
const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
const bytesOf = (size: number, seed: number) => Buffer.from(Uint8Array.from({ length: size }, (_, i) => i * seed));

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "ssl4rl-hub-"));
  hub = new TestHub("cats/small");
  hub.files.set("config.json", Buffer.from('{"model_type":"qwen2"}'));
  hub.files.set("merges.txt", Buffer.alloc(0));
  hub.files.set(
    "model.safetensors.index.json",
    Buffer.from(JSON.stringify({ weight_map: { a: shards[0], b: shards[1] } })),
  );
  hub.files.set(shards[0], bytesOf(300_000, 7));
  hub.files.set(shards[1], bytesOf(500_000, 11));
  hub.files.set("pytorch_model.bin", bytesOf(10, 1));
  hub.files.set("consolidated.safetensors", bytesOf(10, 1));
  hub.files.set("onnx/model.json", bytesOf(10, 1));
  vi.stubEnv("HF_ENDPOINT", await hub.start());
  vi.stubEnv("HF_HOME", root);
  for (const name of ["HF_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"])
    vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub.stop();
  rmSync(root, { recursive: true, force: true });
});

describe("fetchModel", () => {
  it("brings weights and small files into Python's layout, and needs no Hub from then on", async () => {
    const told: [number, number][] = [];
    const folder = await fetchModel("cats/small", (done, total) => told.push([done, total]));
    expect(folder).toBe(join(storage(), "snapshots", REVISION));
    expect(readdirSync(folder).sort()).toEqual(
      ["config.json", "merges.txt", "model.safetensors.index.json", ...shards].sort(),
    );
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name)).equals(hub.files.get(name)!), name).toBe(true);
      expect(readlinkSync(join(folder, name))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]+$/);
    }
    expect(readlinkSync(join(folder, shards[0]))).toHaveLength("../../blobs/".length + 64);
    expect(readdirSync(join(storage(), "blobs")).some((name) => name.endsWith(".incomplete"))).toBe(false);
    expect(readFileSync(join(storage(), "refs/main"), "utf8")).toBe(REVISION);
    const total = told[0][1];
    expect(told.at(-1)).toEqual([total, total]);
    expect(told.every(([done], i) => i === 0 || done >= told[i - 1][0])).toBe(true);

    const { requests } = hub;
    expect(await fetchModel("cats/small")).toBe(folder);
    expect(await fetchModel(`cats/small@${REVISION}`)).toBe(folder);
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    expect(await fetchModel("cats/small@main")).toBe(folder);
    expect(hub.requests).toBe(requests);
  });

  it("goes on where a connection broke off", async () => {
    hub.cutAfter = 200_000;
    const folder = await fetchModel("cats/small");
    expect(readFileSync(join(folder, shards[1])).equals(hub.files.get(shards[1])!)).toBe(true);
    const starts = hub.downloads.filter(([path]) => path === shards[1]).map(([, from]) => from);
    expect(starts.length).toBeGreaterThanOrEqual(3);
    expect(starts.every((from, i) => i === 0 || from > starts[i - 1])).toBe(true);
  });

  it("goes on with what an earlier call left, and with a snapshot whose contents were deleted", async () => {
    const folder = await fetchModel("cats/small");
    const blob = join(folder, readlinkSync(join(folder, shards[1])));
    rmSync(blob);
    writeFileSync(`${blob}.incomplete`, hub.files.get(shards[1])!.subarray(0, 123_456));
    hub.downloads.length = 0;
    await fetchModel("cats/small");
    expect(hub.downloads).toEqual([[shards[1], 123_456]]);
    expect(readFileSync(join(folder, shards[1])).equals(hub.files.get(shards[1])!)).toBe(true);
  });

  it("takes no file whose bytes are not those of its hash", async () => {
    hub.forged.set(shards[0], bytesOf(300_000, 8));
    await expect(fetchModel("cats/small")).rejects.toThrow(
      /its file model-00001-of-00002\.safetensors came with the hash [0-9a-f]{64} in place of/,
    );
    expect(existsSync(join(storage(), "refs/main"))).toBe(false);
    hub.forged.clear();
    const folder = await fetchModel("cats/small");
    expect(readFileSync(join(folder, shards[0])).equals(hub.files.get(shards[0])!)).toBe(true);
  });

  it("says what is wrong: no such model, none of its weights, offline, no Hub", async () => {
    await expect(fetchModel("cats/none")).rejects.toThrow(
      /no file or folder cats\/none, and no such model can be had from http.*: Repository not found/,
    );
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    await expect(fetchModel("cats/small")).rejects.toThrow(/HF_HUB_OFFLINE is set, and revision main is not whole in/);
    vi.stubEnv("HF_HUB_OFFLINE", undefined);
    for (const name of [...hub.files.keys()]) if (name !== "pytorch_model.bin") hub.files.delete(name);
    await expect(fetchModel("cats/small")).rejects.toThrow(/it has no safetensors of the transformers library/);
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    await expect(fetchModel("cats/small")).rejects.toMatchObject({ name: "UserError" });
  });

  it("knows names of models from paths", () => {
    for (const name of ["Qwen/Qwen2.5-VL-3B-Instruct", "a/b@main", "a/b@refs/pr/1", "a/b@v1.0"])
      expect(isModelId(name), name).toBe(true);
    for (const name of ["tiny-vl", "./a/b", "a/b/c", "/a/b", "../b", "a/b@../../x", "a/b@", "a/b@x@y"])
      expect(isModelId(name), name).toBe(false);
  });
});
