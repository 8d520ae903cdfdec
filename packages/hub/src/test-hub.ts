import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const REVISION = "0123456789abcdef0123456789abcdef01234567";

/**
 * A Hub with one model on this machine, answering what the JavaScript and the Python library ask: which commit, which
 * files, and their bytes, whole or in ranges. Files named *.safetensors are stored as large files are.
 */
export class TestHub {
  readonly files = new Map<string, Buffer>();
  /** [path, first byte] of each download, but for those that only ask for the size. */
  readonly downloads: [path: string, from: number][] = [];
  requests = 0;
  /** A download is cut off after this many bytes. */
  cutAfter = Number.POSITIVE_INFINITY;
  /** What is sent in place of a file's own bytes, such as those of another of its size. */
  readonly forged = new Map<string, Buffer>();
  private readonly server;

  constructor(private readonly name: string) {
    this.server = createServer((request, response) => {
      this.requests++;
      const path = decodeURIComponent(new URL(request.url!, "http://hub").pathname);
      const json = (value: unknown) =>
        response.setHeader("Content-Type", "application/json").end(JSON.stringify(value));
      const info = new RegExp(`^/api/models/${this.name}(/revision/(main|HEAD|${REVISION}))?$`);
      const resolved = new RegExp(`^/${this.name}/resolve/(?:main|${REVISION})/(.*)$`).exec(path)?.[1];
      if (info.test(path)) {
        const siblings = [...this.files.keys()].map((rfilename) => ({ rfilename }));
        json({ _id: "1", id: this.name, sha: REVISION, lastModified: "2026-01-01T00:00:00.000Z", siblings });
      } else if (path.startsWith(`/api/models/${this.name}/tree/`)) {
        json([{ type: "directory", path: "more", size: 0, oid: REVISION }, ...[...this.files].map(describe)]);
      } else if (resolved !== undefined && this.files.has(resolved)) {
        const bytes = this.forged.get(resolved) ?? this.files.get(resolved)!;
        const { lfs, oid } = describe([resolved, this.files.get(resolved)!]);
        response.setHeader("ETag", `"${lfs?.oid ?? oid}"`).setHeader("X-Repo-Commit", REVISION);
        const range = /^bytes=(\d+)-(\d+)?$/.exec(request.headers.range ?? "");
        const [from, to] = range ? [Number(range[1]), Number(range[2] ?? bytes.length - 1)] : [0, bytes.length - 1];
        if (range) response.setHeader("Content-Range", `bytes ${from}-${to}/${bytes.length}`);
        const part = bytes.subarray(from, to + 1);
        response.writeHead(range ? 206 : 200, { "Content-Length": part.length });
        if (request.method === "HEAD") return response.end();
        if (range?.[2] !== "0") this.downloads.push([resolved, from]);
        if (part.length <= this.cutAfter) return response.end(part);
        response.write(part.subarray(0, this.cutAfter), () => setImmediate(() => response.destroy()));
      } else {
        const [code, error] = resolved === undefined ? ["RepoNotFound", "Repository"] : ["EntryNotFound", "Entry"];
        response.setHeader("X-Error-Code", code).statusCode = 404;
        json({ error: `${error} not found` });
      }
    });
  }

  /** Its address. */
  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, "127.0.0.1", listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

/** As the list of files has it. */
function describe([path, bytes]: [string, Buffer]) {
  const oid = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const lfs = path.endsWith(".safetensors") ? { oid: sha256, size: bytes.length, pointerSize: 130 } : undefined;
  return { type: "file", path, size: bytes.length, oid, lfs };
}
