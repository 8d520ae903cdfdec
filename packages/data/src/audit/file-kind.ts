/** How a picture is stored, apart from what it shows. */
export interface FileKind {
  /** Codec, sample depth, subsampling, metadata: everything the header says, in one line. */
  readonly header: string;
  /** Sum of a JPEG's quantisation tables: small for fine quality. 0 for other files. */
  readonly quantiser: number;
  readonly lossless: boolean;
}

/** Reads the headers of a picture file. What is neither PNG nor JPEG is known by its first bytes alone. */
export function fileKind(file: Uint8Array): FileKind {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  if (bytes.readUInt32BE(0) === 0x89504e47) return { header: pngHeader(bytes), quantiser: 0, lossless: true };
  if (bytes.readUInt16BE(0) === 0xffd8) return jpegHeader(bytes);
  const name = bytes.toString("latin1", 0, 16);
  if (name.startsWith("RIFF")) {
    return { header: `webp ${name.slice(12)}`, quantiser: 0, lossless: name.endsWith("VP8L") };
  }
  return { header: name.slice(0, 4), quantiser: 0, lossless: /^(GIF8|BM|II\*|MM\0)/.test(name) };
}

function pngHeader(bytes: Buffer): string {
  const chunks = new Set<string>();
  for (let at = 8; at + 8 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    chunks.add(bytes.toString("latin1", at + 4, at + 8));
  }
  return `png depth ${bytes[24]} colour ${bytes[25]} interlace ${bytes[28]} ${[...chunks].sort().join(" ")}`;
}

function jpegHeader(bytes: Buffer): FileKind {
  const parts: string[] = [];
  let quantiser = 0;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1];
    if (marker === 0xda) break;
    const body = bytes.subarray(at + 4, at + 2 + bytes.readUInt16BE(at + 2));
    if (marker === 0xdb) quantiser += body.reduce((sum, value) => sum + value, 0);
    // Frame headers: the coding process, and each component's sampling.
    else if (marker >= 0xc0 && marker <= 0xc2) {
      parts.push(`process ${marker - 0xc0}`, body.subarray(5).toString("hex"));
    } else if (marker >= 0xe0 && marker <= 0xef) parts.push(`app${marker - 0xe0}`);
  }
  return { header: `jpeg ${parts.join(" ")}`, quantiser, lossless: false };
}
