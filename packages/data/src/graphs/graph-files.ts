import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { PassThrough, pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { UserError } from "@ssl4rl/core";
import { filesUnder } from "../files-under.js";
import { readTarMember } from "../tar-member.js";

/** A file of a graph, unpacked while it is read. */
export interface GraphFile {
  /** For people: its path, and within an archive the member's name. */
  readonly name: string;
  bytes(): AsyncIterable<Buffer>;
}

/** What is read of a graph, by name: the path within the folder, without `.gz`; members of tar archives as if they lay beside them. */
export class GraphFiles {
  constructor(private readonly files: ReadonlyMap<string, GraphFile>) {}

  get names(): readonly string[] {
    return [...this.files.keys()];
  }

  /** The file whose path is, or ends with, one of these; the first that is there, in the shallowest folder. */
  find(...endings: readonly string[]): GraphFile | null {
    for (const ending of endings) {
      const fitting = this.names.filter((name) => name === ending || name.endsWith(`/${ending}`));
      const shallowest = fitting.sort((a, b) => a.split("/").length - b.split("/").length)[0];
      if (shallowest !== undefined) return this.files.get(shallowest) as GraphFile;
    }
    return null;
  }

  /** The same files by the folder that they lie in, at the top; those that lie in none are left out. */
  get folders(): ReadonlyMap<string, GraphFiles> {
    const files = new Map<string, Map<string, GraphFile>>();
    for (const [name, file] of this.files) {
      const [folder, ...rest] = name.split("/");
      if (rest.length === 0) continue;
      files.set(folder, (files.get(folder) ?? new Map()).set(rest.join("/"), file));
    }
    return new Map([...files].map(([folder, own]) => [folder, new GraphFiles(own)]));
  }

  /** The files whose path fits the pattern. */
  matching(pattern: RegExp): readonly GraphFile[] {
    return this.names.filter((name) => pattern.test(name)).map((name) => this.files.get(name) as GraphFile);
  }
}

const ARCHIVE = /\.(tar|tgz|tar\.gz)$/i;
const GZIP = /\.gz$/i;

/** Archives are unpacked into memory; larger ones are refused. */
const LARGEST_ARCHIVE = 2 ** 30;

/** Is told what is read and how far: `Reading edges.csv: 120 MB`. */
export type Reading = (state: string) => void;

/** Where the files of a folder at any depth lie, or one file, by name. */
export async function graphPaths(path: string): Promise<ReadonlyMap<string, string>> {
  const info = await stat(path).catch(() => null);
  if (!info) throw new UserError(`No file or folder ${path}. Check the path.`);
  if (!info.isDirectory()) return new Map([[basename(path), path]]);
  const { files } = await filesUnder(path);
  return new Map(files.map((name) => [name, join(path, name)]));
}

/** These files, and the members of those that are archives. */
export async function graphFiles(paths: ReadonlyMap<string, string>, reading: Reading): Promise<GraphFiles> {
  const files = new Map<string, GraphFile>();
  const add = (name: string, file: GraphFile) => files.has(name) || files.set(name, file);
  const archives = [...paths].filter(([name]) => ARCHIVE.test(name));
  // What lies there unpacked stands, not the same again within an archive.
  const unpackedFirst = [...paths]
    .filter(([name]) => !ARCHIVE.test(name))
    .sort(([a], [b]) => Number(GZIP.test(a)) - Number(GZIP.test(b)));
  for (const [name, path] of unpackedFirst) {
    add(name.replace(GZIP, ""), { name: path, bytes: () => told(name, unpacked(path), reading) });
  }
  for (const [name, path] of archives) {
    for (const member of await tarMembers(path)) add(join(name, "..", basename(member.name)), member);
  }
  return new GraphFiles(files);
}

/** The same pieces; says how many bytes there were so far, from the first megabyte on. */
async function* told(name: string, pieces: AsyncIterable<Buffer>, reading: Reading): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes >= 1e6) reading(`Reading ${name}: ${Math.round(bytes / 1e6)} MB`);
    yield piece;
  }
}

async function tarMembers(path: string): Promise<GraphFile[]> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of unpacked(path)) {
    size += piece.length;
    if (size > LARGEST_ARCHIVE) throw new UserError(`${path} holds more than 1 GiB. Unpack it and give the folder.`);
    pieces.push(piece);
  }
  const archive = Buffer.concat(pieces);
  const members: GraphFile[] = [];
  const read = async (position: number, length: number) => archive.subarray(position, position + length);
  try {
    for (let at = 0; ; ) {
      const member = await readTarMember(read, at);
      if (!member) return members;
      if (member.start + member.size > archive.length) throw new Error(`"${member.name}" is cut short`);
      const bytes = archive.subarray(member.start, member.start + member.size);
      if (member.type === "0") {
        members.push({
          name: `${path}/${member.name}`,
          async *bytes() {
            yield bytes;
          },
        });
      }
      at = member.next;
    }
  } catch (error) {
    throw new UserError(`${path} is no whole tar archive: ${(error as Error).message}. Fetch or pack it again.`);
  }
}

/** A file's bytes; unzipped where it is a gzip file, whatever its name says. */
async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const [first, second] = await firstBytes(path);
  const zipped = first === 0x1f && second === 0x8b;
  if (!zipped && /\.(gz|tgz)$/i.test(path)) {
    throw new UserError(`${path} is no gzip file, although its name says so. Rename it, or fetch it again.`);
  }
  const file = createReadStream(path, { highWaterMark: 2 ** 18 });
  const stream = pipeline(file, zipped ? createGunzip({ chunkSize: 2 ** 18 }) : new PassThrough(), () => {});
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "Z_BUF_ERROR")
      throw new UserError(`${path} ends too early: the gzip file is cut short. Fetch or pack it again.`);
    if (code?.startsWith("Z_"))
      throw new UserError(`${path} is a damaged gzip file (${message}). Fetch or pack it again.`);
    throw error;
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    for await (const piece of createReadStream(path, { end: 1 })) return piece as Buffer;
    return Buffer.alloc(0);
  } catch (error) {
    throw new UserError(`Cannot read ${path}: ${(error as Error).message}. Check its permissions.`);
  }
}

/** A whole file as a JSON object. */
export async function readJson(file: GraphFile): Promise<Readonly<Record<string, unknown>>> {
  const pieces: Buffer[] = [];
  for await (const piece of file.bytes()) pieces.push(piece);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces)));
  } catch (error) {
    throw new UserError(`${file.name} is no JSON in UTF-8: ${(error as Error).message}. Write it again.`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UserError(`${file.name} holds no JSON object. Is it the right file?`);
}
