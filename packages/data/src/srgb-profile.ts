import { createHash } from "node:crypto";

/** "ICC_PROFILE", a zero, and that it is the first part of one. */
const SIGNATURE = Buffer.from("ICC_PROFILE\0\x01\x01", "latin1");
const HEADER = 128;
/** What follows the header of "sRGB IEC61966-2.1", the profile in use nearly everywhere; headers differ in dates and makers. */
const SRGB = "2c4d46e1e255995e1d2592fecec4d8bf7e1dc78179a1cbf2d607301debc630b3";

/**
 * Whether a JPEG file says, by an ICC profile, that its colours are sRGB's. To convert them would take longer than all the rest
 * of the decoding, and change nothing but, in few pictures, a few values by 1.
 */
export function hasSrgbProfile(jpeg: Uint8Array): boolean {
  const bytes = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.length);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda; ) {
    const next = at + 2 + bytes.readUInt16BE(at + 2);
    const profile = bytes.subarray(at + 4, next);
    if (bytes[at + 1] === 0xe2 && profile.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
      const content = profile.subarray(SIGNATURE.length + HEADER);
      return createHash("sha256").update(content).digest("hex") === SRGB;
    }
    at = next;
  }
  return false;
}
