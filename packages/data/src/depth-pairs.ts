import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { type Depth, type Picture, type Skip, UserError } from "@ssl4rl/core";
import sharp from "sharp";
import { decodePicture, type PictureLimits } from "./decode.js";
import type { Folder, SkippedFile } from "./folder.js";

/** What a line of the manifest says of a pair; columns it has beside these are not read. */
const columns = ["name", "rgb", "depth", "mask", "encoding", "unit", "metres_per_unit", "invalid"] as const;
type Pair = Readonly<Record<(typeof columns)[number], string>>;

/** Numbers height × width from the top, as stored. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/**
 * Pictures with a depth, named by the MANIFEST.tsv of a folder: tab-separated, a first line with the names of the columns
 * `name`, `rgb`, `depth`, `mask` (a .npy whose zeros are unknown, or empty), `encoding`, `unit`, `metres_per_unit` (a number,
 * or n/a for depths of unknown scale) and `invalid` (numbers that mean unknown, as words: `0 and 65535`). Depth is read
 * from 16-bit PNG (rotated left by 3 bits where `encoding` says "rotated", as SUN RGB-D stores it), from 16-bit PGM (low
 * byte first where `encoding` says "little-endian") and from .npy of little-endian float32; anything else, and raw
 * disparity, is skipped by name. Unknown, zero and infinite depths become NaN. Where colour is larger than `maxSide` it is
 * reduced; depth is brought to its size by the nearest measured value.
 * Throws a UserError when there is no manifest, or no pair in it can be used.
 */
export async function openDepthPairs(folder: string, limits: PictureLimits): Promise<Folder> {
  const pictures: Picture[] = [];
  const skipped: SkippedFile[] = [];
  const pairs = await readManifest(folder);
  for (const pair of pairs) {
    const result = await readPair(folder, pair, limits);
    if ("skip" in result) skipped.push({ file: pair.name, reason: result.skip });
    else pictures.push(result);
  }
  if (pictures.length === 0) {
    const reasons = skipped.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
    throw new UserError(
      `No RGB-D pair in ${folder} can be used: ${reasons.join("; ") || "its MANIFEST.tsv is empty"}.`,
    );
  }
  return { name: folder, length: pictures.length, get: async (index) => pictures[index], skipped };
}

async function readManifest(folder: string): Promise<Pair[]> {
  const path = join(folder, "MANIFEST.tsv");
  const text = await readFile(path, "utf8").catch(() => {
    throw new UserError(`No ${path}. A folder of RGB-D pairs names them there, in columns ${columns.join(", ")}.`);
  });
  const [head, ...lines] = text.split(/\r?\n/).map((line) => line.split("\t"));
  const missing = columns.filter((column) => !head.includes(column));
  if (missing.length > 0) throw new UserError(`${path} has no column ${missing.join(", ")}.`);
  return lines
    .filter((line) => line.length > 1)
    .map((line) => Object.fromEntries(columns.map((column) => [column, line[head.indexOf(column)] ?? ""])) as Pair);
}

async function readPair(folder: string, pair: Pair, limits: PictureLimits): Promise<Picture | Skip> {
  try {
    if (/disparity/i.test(pair.unit)) throw new Error(`depth is ${pair.unit}, no distance`);
    const [rgb, bytes] = await Promise.all([readFile(join(folder, pair.rgb)), readFile(join(folder, pair.depth))]);
    const plane = await decodeDepth(bytes, pair);
    const mask = pair.mask ? decodeNpy(await readFile(join(folder, pair.mask))) : null;
    if (mask && mask.data.length !== plane.data.length) throw new Error("mask and depth differ in size");
    const image = await decodePicture(rgb, limits);
    if (Math.abs(Math.log((image.width * plane.height) / (image.height * plane.width))) > 0.02) {
      throw new Error(
        `colour (${image.width}x${image.height}) and depth (${plane.width}x${plane.height}) differ in shape`,
      );
    }
    const unit = pair.metres_per_unit === "n/a" ? 1 : Number(pair.metres_per_unit);
    if (!(unit > 0)) throw new Error(`metres_per_unit is ${JSON.stringify(pair.metres_per_unit)}, no number or n/a`);
    const invalid = new Set((pair.invalid.match(/\d+/g) ?? []).map(Number));
    const known = plane.data.map((value, i) =>
      value > 0 && Number.isFinite(value) && !invalid.has(value) && mask?.data[i] !== 0 ? value * unit : Number.NaN,
    );
    if (known.every(Number.isNaN)) throw new Error("no depth is known");
    const id = createHash("sha256").update(rgb).update(bytes).digest("hex").slice(0, 32);
    return { id, name: pair.name, image, depth: toSize({ ...plane, data: known }, image.width, image.height) };
  } catch (error) {
    return { skip: (error as Error).message.split("\n")[0].trim() };
  }
}

async function decodeDepth(bytes: Buffer, { depth, encoding }: Pair): Promise<Plane> {
  const format = extname(depth).toLowerCase();
  if (format === ".npy") return decodeNpy(bytes);
  if (format === ".pgm") return decodePgm(bytes, /little-endian/i.test(encoding));
  if (format !== ".png") throw new Error(`depth in ${format || "no"} format is not read; give 16-bit PNG, PGM or .npy`);
  const picture = sharp(bytes, { failOn: "warning" });
  const { depth: type, channels } = await picture.metadata();
  if (type !== "ushort" || channels !== 1) throw new Error(`depth is ${channels} x ${type}, not one 16-bit channel`);
  const { data, info } = await picture
    .toColourspace("grey16")
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const stored = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const rotated = /rotated/i.test(encoding);
  const values = Float32Array.from(stored, (value) => (rotated ? ((value >> 3) | (value << 13)) & 0xffff : value));
  return { width: info.width, height: info.height, data: values };
}

/** NumPy's own format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function decodeNpy(bytes: Buffer): Plane {
  if (bytes.toString("latin1", 0, 6) !== "\x93NUMPY") throw new Error("is no .npy file");
  const wide = bytes[6] > 1;
  const start = (wide ? 12 : 10) + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString("latin1", wide ? 12 : 10, start);
  const shape = /'shape': \((\d+), (\d+)(?:, 1)?,?\)/.exec(header);
  if (!header.includes("'<f4'") || !header.includes("'fortran_order': False") || !shape) {
    throw new Error(`.npy holds ${header.trim()}, not rows of little-endian float32`);
  }
  const [height, width] = [Number(shape[1]), Number(shape[2])];
  // A copy, as the numbers may not be aligned in the file.
  const data = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
  if (data.length !== width * height) throw new Error(`.npy of ${height} x ${width} holds ${data.length} numbers`);
  return { width, height, data };
}

/** Netpbm's grey format: https://netpbm.sourceforge.net/doc/pgm.html (high byte first, except where writers got it wrong). */
function decodePgm(bytes: Buffer, littleEndian: boolean): Plane {
  const header = /^P5\s+(\d+)\s+(\d+)\s+(\d+)\s/.exec(bytes.toString("latin1", 0, 64));
  if (!header || Number(header[3]) < 256) throw new Error("is no 16-bit binary PGM");
  const [width, height] = [Number(header[1]), Number(header[2])];
  if (bytes.length < header[0].length + 2 * width * height) throw new Error(`PGM of ${width}x${height} is cut short`);
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const at = header[0].length + 2 * i;
    return littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  });
  return { width, height, data };
}

function toSize(plane: Plane, width: number, height: number): Depth {
  if (plane.width === width && plane.height === height) return plane;
  const data = Float32Array.from({ length: width * height }, (_, i) => {
    const x = Math.floor((((i % width) + 0.5) * plane.width) / width);
    const y = Math.floor(((Math.floor(i / width) + 0.5) * plane.height) / height);
    return plane.data[y * plane.width + x];
  });
  return { width, height, data };
}
