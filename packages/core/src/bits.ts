/** Writes a number's lowest `count` bits (up to 17) from bit `at` of the bytes on, lowest first; tells where they end. */
export function writeBits(bytes: Uint8Array, at: number, value: number, count: number): number {
  const byte = at >> 3;
  const shifted = value << (at & 7);
  // What is above bit `at` is still unwritten.
  bytes[byte] = (bytes[byte] & ((1 << (at & 7)) - 1)) | shifted;
  bytes[byte + 1] = shifted >> 8;
  bytes[byte + 2] = shifted >> 16;
  return at + count;
}
