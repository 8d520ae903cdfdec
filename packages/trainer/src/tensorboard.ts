import { appendFileSync } from "node:fs";
import { attempt } from "./attempt.js";
import type { Metrics } from "./run-folder.js";

/**
 * A TensorBoard event file, one for each start of a run: `events.out.tfevents.0001`, ... in their order. Each begins with
 * the step that it goes on from, and TensorBoard then drops what files before it say of that step and later ones.
 */
export class EventFile {
  constructor(
    private readonly path: string,
    firstStep: number,
  ) {
    // Fields of tensorflow/core/util/event.proto: wall_time 1, step 2, file_version 3, summary 5, session_log 7.
    this.append([text(3, "brain.Event:2")]);
    // SessionLog's status (1) START (1).
    this.append([varint(2, firstStep), bytes(7, varint(1, 1))]);
  }

  /** One point for each tag. */
  add(step: number, scalars: readonly (readonly [tag: string, value: number])[]): void {
    // Summary holds values (1), each with a tag (1) and a simple_value (2).
    const values = scalars.map(([tag, value]) => bytes(1, Buffer.concat([text(1, tag), float(2, value)])));
    this.append([varint(2, step), bytes(5, Buffer.concat(values))]);
  }

  private append(fields: readonly Buffer[]): void {
    const event = Buffer.concat([double(1, Date.now() / 1000), ...fields]);
    attempt(this.path, () => appendFileSync(this.path, record(event)));
  }
}

/**
 * All numbers of a step as TensorBoard names them: `train/grad_norm`, and of objects in the metrics
 * `tasks/rotation@1/accuracy`, `machine/phases/sampling`.
 */
export function scalarsOf({ step: _, ...metrics }: Metrics): [string, number][] {
  return numbersIn(metrics).map(([path, value]) => [(path.length > 1 ? path : ["train", ...path]).join("/"), value]);
}

function numbersIn(data: object): [string[], number][] {
  return Object.entries(data).flatMap(([name, value]: [string, unknown]): [string[], number][] => {
    const own = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (typeof value === "number") return [[[own], value]];
    if (typeof value !== "object" || value === null) return [];
    return numbersIn(value).map(([path, number]) => [[own, ...path], number]);
  });
}

// Protocol buffers: a field is its number and wire type, then its value.
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5];

function key(field: number, type: number): number {
  return (field << 3) | type;
}

function base128(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...base128(Math.floor(value / 128))];
}

function varint(field: number, value: number): Buffer {
  return Buffer.from([key(field, VARINT), ...base128(value)]);
}

function bytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([key(field, BYTES), ...base128(content.length)]), content]);
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function float(field: number, value: number): Buffer {
  const buffer = Buffer.from([key(field, FIXED32), 0, 0, 0, 0]);
  buffer.writeFloatLE(value, 1);
  return buffer;
}

function double(field: number, value: number): Buffer {
  const buffer = Buffer.from([key(field, FIXED64), 0, 0, 0, 0, 0, 0, 0, 0]);
  buffer.writeDoubleLE(value, 1);
  return buffer;
}

/** A TFRecord: length, its checksum, content, its checksum. */
export function record(content: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, checksum(length), content, checksum(content)]);
}

const CRC32C = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C, turned and shifted as TFRecord has it, so that the checksum of bytes with checksums in them is a good one. */
function checksum(content: Buffer): Buffer {
  let crc = 0xffffffff;
  for (const byte of content) crc = (crc >>> 8) ^ CRC32C[(crc ^ byte) & 255];
  crc = ~crc >>> 0;
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return buffer;
}
