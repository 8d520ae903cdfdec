import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { UserError } from "@ssl4rl/core";
import { type BlobFacts, fetchBlob } from "./fetch-blob.js";

export interface SnapshotRequest {
  readonly type: "model" | "dataset";
  /** `owner/name`. */
  readonly name: string;
  /** A branch, a tag or a commit. Default "main". */
  readonly revision?: string;
  /** Which files are wanted, and what to call them: "Parquet files". */
  readonly files: { readonly kind: string; matches(path: string): boolean };
  /**
   * Whether a snapshot in the cache is all that is wanted: then the Hub is not asked. Default: only when HF_HUB_OFFLINE is
   * set, so that otherwise the newest commit is fetched.
   */
  isWhole?(folder: string): boolean;
  /** Told of the bytes of all wanted files that are there, and of the file that comes just now. */
  onProgress?(done: number, total: number, path: string): void;
}

/** Whether a name has the form of those on the Hub: `owner/name`. */
export function isHubId(name: string): boolean {
  return /^\w[\w.-]*\/\w[\w.-]*$/.test(name);
}

/**
 * Brings files of a repository on the Hugging Face Hub into the cache that Python's huggingface_hub uses, and returns the
 * folder of their commit there. As with Hugging Face's own tools, HF_HOME and HF_HUB_CACHE move the cache, HF_ENDPOINT
 * names another Hub, HF_TOKEN opens what is not public, HF_HUB_OFFLINE=1 keeps from asking.
 * Throws a UserError when there is no such repository, none of its files is wanted or one cannot be had whole.
 */
export async function fetchSnapshot(request: SnapshotRequest): Promise<string> {
  const { type, name, revision = "main" } = request;
  // Loading it takes a tenth of a second, which nothing else needs.
  const { getHFHubCachePath } = await import("@huggingface/hub");
  const storage = join(getHFHubCachePath(), `${type}s--${name.replace("/", "--")}`);
  const hubUrl = (process.env.HF_ENDPOINT || "https://huggingface.co").replace(/\/+$/, "");
  const offline = /^(1|on|yes|true)$/i.test(process.env.HF_HUB_OFFLINE ?? "");
  const cached = cachedSnapshot(storage, revision);
  if (cached && (request.isWhole ? request.isWhole(cached) : offline)) return cached;
  try {
    if (offline) throw new Error(`HF_HUB_OFFLINE is set, and revision ${revision} is not whole in ${storage}`);
    return await download(request, storage, revision, hubUrl);
  } catch (error) {
    const { message = String(error), cause, statusCode } = error as Error & { statusCode?: number };
    const detail = cause instanceof Error ? `${message} (${cause.message})` : message;
    const hint = statusCode === 401 || statusCode === 403 ? ". What is not public needs HF_TOKEN" : "";
    const noun = type === "model" ? "model" : "data set";
    throw new UserError(
      `There is no file or folder ${name}, and no such ${noun} can be had from ${hubUrl}: ${detail}${hint}.`,
    );
  }
}

/** The folder that a revision has in the cache, whole or not. */
function cachedSnapshot(storage: string, revision: string): string | null {
  const ref = join(storage, "refs", revision);
  const commit = existsSync(ref) ? readFileSync(ref, "utf8").trim() : revision;
  const folder = join(storage, "snapshots", commit);
  return existsSync(folder) ? folder : null;
}

async function download(
  { type, name, files, onProgress }: SnapshotRequest,
  storage: string,
  revision: string,
  hubUrl: string,
): Promise<string> {
  const { datasetInfo, downloadFile, listFiles, modelInfo } = await import("@huggingface/hub");
  const access = { hubUrl, accessToken: token() };
  const asked = { name, revision, additionalFields: ["sha" as const], ...access };
  const { sha: commit } = await (type === "model" ? modelInfo(asked) : datasetInfo(asked));
  const repo = { type, name };
  const wanted: BlobFacts[] = [];
  for await (const entry of listFiles({ repo, recursive: true, revision: commit, ...access })) {
    if (entry.type !== "file" || !files.matches(entry.path)) continue;
    const hash = entry.lfs?.oid ?? entry.oid ?? "";
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) throw new Error(`its file ${entry.path} is listed without a hash`);
    wanted.push({ path: entry.path, size: entry.size, hash });
  }
  if (wanted.length === 0) throw new Error(`it has no ${files.kind}`);
  const snapshot = resolve(storage, "snapshots", commit);
  const total = wanted.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  // Small files first: they say what the large ones must be.
  for (const file of wanted.sort((a, b) => a.size - b.size)) {
    const { path, size } = file;
    const pointer = resolve(snapshot, path);
    if (!pointer.startsWith(snapshot + sep)) throw new Error(`its file ${path} leads out of its folder`);
    if (existsSync(pointer)) {
      done += size;
      continue;
    }
    const open = async () => {
      // Plain ranges of bytes, which can be resumed, instead of the chunks of the Hub's own protocol.
      const blob = await downloadFile({ repo, path, revision: commit, xet: false, ...access });
      if (!blob) throw new Error(`its file ${path} is gone`);
      return blob;
    };
    const blob = await fetchBlob(resolve(storage, "blobs"), file, open, (bytes) => {
      done += bytes;
      onProgress?.(done, total, path);
    });
    await mkdir(dirname(pointer), { recursive: true });
    // A link to contents that somebody deleted.
    await rm(pointer, { force: true });
    await symlink(relative(dirname(pointer), blob), pointer);
  }
  if (revision !== commit) {
    const ref = resolve(storage, "refs", revision);
    await mkdir(dirname(ref), { recursive: true });
    await writeFile(ref, commit);
  }
  return snapshot;
}

/** HF_TOKEN, or what `hf auth login` has kept. */
function token(): string | undefined {
  const { HF_TOKEN, HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME } = process.env;
  if (HF_TOKEN) return HF_TOKEN;
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface");
  const file = HF_TOKEN_PATH || join(home, "token");
  return existsSync(file) ? readFileSync(file, "utf8").trim() || undefined : undefined;
}
