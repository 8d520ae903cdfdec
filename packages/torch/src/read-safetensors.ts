import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { empty } from "./create.js";
import { type DType, dtypeCode, widths } from "./dtype.js";
import { native } from "./native.js";
import { op } from "./operator.js";
import { bytesOf, dtypesByName, type Entry, maxHeaderBytes } from "./safetensors.js";
import { scope } from "./scope.js";
import { fromBytes, Tensor } from "./tensor.js";

/** Small enough to stay in the processor's cache between reading, checking and converting; a multiple of every width. */
const PIECE_BYTES = 2 ** 22;
/** One for all files: a checkpoint may have dozens of them open. */
let piece: Uint8Array | undefined;

/**
 * An open .safetensors file. `get` gives tensors that lie in the file's own pages, read when first touched; writing into
 * one does not change the file. `read` makes copies.
 */
export class SafetensorsFile {
  private mapping: number | undefined;
  private descriptor: number | undefined;
  private closed = false;

  /** For readSafetensors(). */
  constructor(
    readonly path: string,
    private readonly entries: ReadonlyMap<string, Entry>,
    readonly metadata: Readonly<Record<string, string>>,
  ) {}

  get names(): string[] {
    return [...this.entries.keys()];
  }
  has(name: string): boolean {
    return this.entries.has(name);
  }
  shape(name: string): readonly number[] {
    return this.entry(name).shape;
  }
  dtype(name: string): DType {
    return this.entry(name).dtype;
  }

  /** The tensor of that name; a new one at each call, which belongs to the current scope. */
  get(name: string): Tensor {
    const { dtype, shape, start } = this.entry(name);
    if (this.closed) throw new Error(`${this.path}: closed before "${name}" was read`);
    const engine = native();
    const { buffer } = engine;
    if (this.mapping === undefined) {
      engine.mapFile(this.path);
      this.mapping = buffer[0];
    }
    buffer[0] = this.mapping;
    buffer[1] = start;
    buffer[2] = dtypeCode(dtype);
    buffer[3] = shape.length;
    buffer.set(shape, 4);
    engine.mapTensor();
    return new Tensor(buffer[0]);
  }

  /**
   * A copy of the tensor of that name, of the given kind (default: the file's) and on the given device (default "cpu").
   * It is read in pieces, so that beside the copy itself nothing grows with it: neither a second copy of the file's kind,
   * nor the pages of a mapped file, which count as memory of the process. Belongs to the current scope.
   * Throws, naming the file and the tensor, where the file ends too early or a number is NaN or infinite.
   */
  read(name: string, { dtype, device }: { readonly dtype?: DType; readonly device?: string } = {}): Tensor {
    const { dtype: stored, shape, start, end } = this.entry(name);
    if (this.closed) throw new Error(`${this.path}: closed before "${name}" was read`);
    this.descriptor ??= openSync(this.path, "r");
    piece ??= new Uint8Array(PIECE_BYTES);
    const [buffer, descriptor] = [piece, this.descriptor];
    const where = `${this.path}: tensor "${name}"`;
    const width = widths[stored];
    return scope(() => {
      const target = empty(shape, { dtype: dtype ?? stored, device });
      const flat = target.view(-1);
      for (let at = start; at < end; at += PIECE_BYTES) {
        const bytes = buffer.subarray(0, Math.min(PIECE_BYTES, end - at));
        fill(bytes, descriptor, at, where);
        scope(() => {
          const part = fromBytes(bytes, stored, [bytes.length / width]);
          if (floats.has(stored)) checkFinite(part, where);
          flat.narrow(0, (at - start) / width, bytes.length / width).copy_(part);
        });
      }
      return target;
    });
  }

  *[Symbol.iterator](): Iterator<[string, Tensor]> {
    for (const name of this.entries.keys()) yield [name, this.get(name)];
  }

  /** No more tensors after this; those already given out stay good. */
  close(): void {
    this.closed = true;
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
    if (this.mapping === undefined) return;
    const { buffer, unmapFile } = native();
    buffer[0] = this.mapping;
    unmapFile();
    this.mapping = undefined;
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw new Error(`${this.path}: no tensor "${name}" among its ${this.entries.size}`);
    return entry;
  }
}

const aminmaxOp = op("aten::aminmax");
const floats: ReadonlySet<DType> = new Set(["float16", "bfloat16", "float32", "float64"]);

/** Reads until the bytes are full: one read may bring fewer. */
function fill(bytes: Uint8Array, file: number, position: number, where: string): void {
  for (let done = 0; done < bytes.length; ) {
    const got = readSync(file, bytes, done, bytes.length - done, position + done);
    if (got === 0) throw new Error(`${where}: the file ends within it: it was cut off; download it again`);
    done += got;
  }
}

/** The least and the greatest number show every NaN and infinity, in one pass. */
function checkFinite(part: Tensor, where: string): void {
  // libtorch 1.13 does not compare float16 on the CPU.
  const [least, greatest] = aminmaxOp(part.dtype === "float16" ? part.to({ dtype: "float32" }) : part);
  const ends = [least.item(), greatest.item()];
  const wrong = ends.find((end) => !Number.isFinite(end));
  if (wrong !== undefined) throw new Error(`${where} holds ${wrong}: the model it was saved from had diverged`);
}

/**
 * Opens a .safetensors file: checks its header against its size, and reads no tensor yet. Throws, naming the file and
 * the tensor, where the two do not fit together.
 */
export function readSafetensors(path: string): SafetensorsFile {
  const { header, dataStart, size } = readHeader(path);
  const { __metadata__: metadata = {}, ...tensors } = header;
  const entries = new Map<string, Entry>();
  for (const [name, described] of Object.entries(tensors)) {
    entries.set(name, readEntry(`${path}: tensor "${name}"`, described, dataStart));
  }
  // As the reference implementation has it, the tensors cover the data without overlaps, gaps or a rest.
  let end = dataStart;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
    const where = `${path}: tensor "${name}"`;
    if (entry.end > size) {
      throw new Error(
        `${where} ends at byte ${entry.end}, but the file has ${size}: it was cut off; download it again`,
      );
    }
    if (entry.start < end) throw new Error(`${where} overlaps the one before it`);
    if (entry.start > end)
      throw new Error(`${where} starts ${entry.start - end} bytes after the end of the one before it`);
    end = entry.end;
  }
  if (end !== size) throw new Error(`${path}: ${size - end} bytes at the end belong to no tensor`);
  return new SafetensorsFile(path, entries, metadata as Record<string, string>);
}

function readHeader(path: string): { header: Record<string, unknown>; dataStart: number; size: number } {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    if (size < 8) throw new Error(`${path}: has ${size} bytes, too few for a safetensors file`);
    const prefix = Buffer.alloc(8);
    readSync(file, prefix, 0, 8, 0);
    const length = Number(prefix.readBigUInt64LE());
    if (length > maxHeaderBytes || 8 + length > size) {
      throw new Error(
        `${path}: its header claims ${length} bytes, but the file has ${size}: it was cut off, or is no safetensors file`,
      );
    }
    const text = Buffer.alloc(length);
    readSync(file, text, 0, length, 8);
    return { header: parse(path, text.toString("utf8")), dataStart: 8 + length, size };
  } finally {
    closeSync(file);
  }
}

function parse(path: string, text: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path}: its header is not JSON: ${(error as Error).message}`);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new Error(`${path}: its header is not a JSON object`);
  }
  return header as Record<string, unknown>;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function readEntry(where: string, described: unknown, dataStart: number): Entry {
  const { dtype: name, shape, data_offsets: offsets } = (described ?? {}) as Record<string, unknown>;
  const dtype = dtypesByName.get(String(name));
  if (!dtype) throw new Error(`${where} has dtype ${String(name)}; known are ${[...dtypesByName.keys()].join(", ")}`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw new Error(`${where} has no valid shape`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0] > offsets[1]) {
    throw new Error(`${where} has no valid data_offsets`);
  }
  const bytes = bytesOf(dtype, shape);
  if (offsets[1] - offsets[0] !== bytes) {
    throw new Error(
      `${where} has ${offsets[1] - offsets[0]} bytes, but ${String(name)}[${shape.join(", ")}] takes ${bytes}`,
    );
  }
  return { dtype, shape, start: dataStart + offsets[0], end: dataStart + offsets[1] };
}
