import { crc32, deflateSync } from "node:zlib";
import type { Image } from "./image.js";

/** A picture as a PNG file: 8-bit RGB, lossless. */
export function encodePng(image: Image): Uint8Array {
  const stride = image.width * 3;
  const rows = new Uint8Array((stride + 1) * image.height);
  for (let y = 0; y < image.height; y++) {
    // Filter "Up" (2) on all rows but the first: differences of neighbouring rows pack well in photos and drawings.
    const to = y * (stride + 1);
    rows[to] = y === 0 ? 0 : 2;
    for (let x = 0; x < stride; x++) {
      const above = y === 0 ? 0 : image.data[(y - 1) * stride + x];
      rows[to + 1 + x] = image.data[y * stride + x] - above;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(image.width, 0);
  header.writeUInt32BE(image.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)) >>> 0, data.length + 8);
  return out;
}
