import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchHubDataset } from "./hub-dataset.js";
import { openStored } from "./open-stored.js";

const REVISION = "0123456789abcdef0123456789abcdef01234567";

let root: string;
let server: Server;
/** The files of the data set cats/small: what the list says of their sizes may be changed. */
let files: Map<string, { bytes: Buffer; size: number }>;
let downloads: string[];

/** A Hub with one data set, on this machine: the three addresses that listing and downloading ask. */
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "ssl4rl-hub-"));
  files = new Map();
  downloads = [];
  server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, "http://hub").pathname);
    const json = (value: unknown) => response.setHeader("Content-Type", "application/json").end(JSON.stringify(value));
    const resolved = `/datasets/cats/small/resolve/${REVISION}/`;
    if (path.startsWith("/api/datasets/cats/small/revision/")) {
      json({ _id: "1", id: "cats/small", sha: REVISION, lastModified: "2026-01-01" });
    } else if (path === `/api/datasets/cats/small/tree/${REVISION}`) {
      json([
        { type: "directory", path: "data", size: 0 },
        ...[...files].map(([path, { size, bytes }]) => ({ type: "file", path, size, oid: hashOf(bytes) })),
      ]);
    } else if (path.startsWith(resolved) && files.has(path.slice(resolved.length))) {
      const { bytes } = files.get(path.slice(resolved.length))!;
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      const part = range ? bytes.subarray(Number(range[1]), Number(range[2]) + 1) : bytes;
      if (!range || part.length > 1) downloads.push(path.slice(resolved.length));
      response.setHeader("ETag", `"${hashOf(bytes)}"`);
      if (range) response.setHeader("Content-Range", `bytes ${range[1]}-${range[2]}/${bytes.length}`);
      response.writeHead(range ? 206 : 200).end(part);
    } else {
      response.statusCode = 404;
      json({ error: "Repository not found" });
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("HF_TOKEN", undefined);
  vi.stubEnv("HF_HOME", join(root, "cache"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await new Promise((closed) => server.close(closed));
  rmSync(root, { recursive: true, force: true });
});

/** Git's, which names small files on the Hub. */
function hashOf(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

function offer(path: string, bytes: Buffer, size = bytes.length): void {
  files.set(path, { bytes, size });
}

function parquet(content: string): Buffer {
  const filename = join(root, "made.parquet");
  parquetWriteFile({ filename, columnData: [{ name: "image", data: [Buffer.from(content)], type: "BYTE_ARRAY" }] });
  return readFileSync(filename);
}

describe("fetchHubDataset", () => {
  it("brings all Parquet files and nothing else, once", async () => {
    offer("data/train-00000-of-00002.parquet", parquet("first"));
    offer("data/train-00001-of-00002.parquet", parquet("second"));
    offer("README.md", Buffer.from("# Cats"));
    const folder = await fetchHubDataset("cats/small");
    expect(readdirSync(folder)).toEqual(["data"]);
    expect(downloads).toEqual(["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet"]);
    await fetchHubDataset("cats/small");
    expect(downloads).toHaveLength(2);
  });

  it("is what openStored does with the name of a data set", async () => {
    offer("data/train.parquet", parquet("meow"));
    const stored = await openStored("cats/small", { spool: join(root, "spool") });
    expect(stored.name).toBe("cats/small");
    const { name, bytes } = await stored.read(0);
    expect([name, Buffer.from(bytes).toString()]).toEqual(["data/train.parquet, row 0", "meow"]);
    await stored.close();
  });

  it("does not take half a file for whole", async () => {
    const bytes = parquet("meow");
    offer("data/train.parquet", bytes.subarray(0, 50), bytes.length);
    await expect(fetchHubDataset("cats/small")).rejects.toThrow(
      new RegExp(`data/train\\.parquet came 50 bytes in place of ${bytes.length}`),
    );
    offer("data/train.parquet", bytes);
    const folder = await fetchHubDataset("cats/small");
    expect(readFileSync(join(folder, "data", "train.parquet")).equals(bytes)).toBe(true);
  });

  it("writes nothing outside its folder, whatever files are called", async () => {
    writeFileSync(join(root, "before.parquet"), "");
    offer("../../../../../escaped.parquet", parquet("meow"));
    await expect(fetchHubDataset("cats/small")).rejects.toThrow(/leads out of its folder/);
    expect(existsSync(join(root, "escaped.parquet"))).toBe(false);
    expect(downloads).toEqual([]);
  });

  it("says that a name is neither here nor there, that a set has no Parquet, and that no Hub answers", async () => {
    await expect(openStored("cats/none", { spool: root })).rejects.toThrow(
      /There is no file or folder cats\/none, and no such data set can be had from http.*: Repository not found/,
    );
    offer("a.csv", Buffer.from("a"));
    await expect(fetchHubDataset("cats/small")).rejects.toThrow(/it has no Parquet files/);
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    await expect(fetchHubDataset("cats/small")).rejects.toMatchObject({ name: "UserError" });
  });
});
