import { crc32 } from "node:zlib";
import { deflateRuns, type Span } from "./deflate.js";
import type { Image } from "./image.js";
import { kernel, SLACK, withRoom } from "./kernel.js";

/** About so many bytes of rows share a Huffman code. Twice as many would make files of photos 0.4% larger. */
const BLOCK = 2 ** 16;

/**
 * A picture as a PNG file: 8-bit RGB, lossless. Paeth's filter, then `deflateRuns`: of photos of 336 × 336 pixels 198 kB, of
 * the world's pictures 145 kB, as with zlib's strategy Z_RLE to half a percent, in less than half of its time.
 */
export function encodePng(image: Image): Uint8Array {
  const { width, height } = image;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    ...chunk("IHDR", [header]),
    ...chunk("IDAT", deflateRuns(filtered(image))),
    ...chunk("IEND", []),
  ]);
}

/** The rows of a PNG file, each by Paeth's filter with that filter's number before it; some rows at a time. */
function* filtered({ width, height, data }: Image): Generator<Span> {
  const stride = width * 3;
  // As many as come nearest to that: a small picture is one block, for each costs its header and the making of a code.
  const band = Math.ceil(height / Math.max(1, Math.round((stride * height) / BLOCK)));
  // In the kernel's memory: some room for what is left of the row above, that row, the band, the result.
  const source = SLACK + stride;
  for (let row = 0; row < height; row += band) {
    const rows = Math.min(band, height - row);
    const start = source + rows * stride + SLACK;
    const end = start + rows * (stride + 1);
    const memory = withRoom(end + SLACK);
    if (row === 0) memory.fill(0, SLACK, source);
    else memory.set(data.subarray((row - 1) * stride, row * stride), SLACK);
    memory.set(data.subarray(row * stride, (row + rows) * stride), source);
    kernel.filterRows(source, stride, rows, start);
    // Left of a row's first pixel there is nothing, so the nearest is the one above.
    for (let n = 0; n < rows; n++) {
      for (let x = 0; x < 3; x++) {
        const at = source + n * stride + x;
        memory[start + n * (stride + 1) + 1 + x] = memory[at] - memory[at - stride];
      }
    }
    yield { start, end };
  }
}

function chunk(type: string, data: Uint8Array[]): Uint8Array[] {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(
    data.reduce((sum, part) => sum + part.length, 0),
    0,
  );
  head.write(type, 4, "latin1");
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(data.reduce((sum, part) => crc32(part, sum), crc32(head.subarray(4))) >>> 0, 0);
  return [head, ...data, tail];
}
