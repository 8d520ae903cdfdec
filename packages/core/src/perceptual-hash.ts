import type { Image } from "./image.js";
import { resize } from "./resize.js";

const SIDE = 32;
const LOW = 8;

/** Two pictures whose hashes differ in fewer bits than this are taken for one picture. Unrelated photos differ in about 32. */
export const NEAR_DUPLICATE_BITS = 10;

/**
 * 64 bits that stay when a picture is resized, re-encoded or slightly recoloured: the signs, around their median, of the
 * lowest 8 × 8 frequencies of a 32 × 32 grey thumbnail (pHash).
 */
export function perceptualHash(image: Image): bigint {
  const known = hashes.get(image);
  if (known !== undefined) return known;
  const { data } = resize(image, SIDE, SIDE);
  const grey = Float64Array.from(
    { length: SIDE * SIDE },
    (_, i) => 0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2],
  );
  const low: number[] = [];
  for (let v = 0; v < LOW; v++) {
    for (let u = 0; u < LOW; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) {
        for (let x = 0; x < SIDE; x++) sum += grey[y * SIDE + x] * cosines[v * SIDE + y] * cosines[u * SIDE + x];
      }
      low.push(sum);
    }
  }
  // The mean brightness says nothing about what is to be seen.
  const middle = low.slice(1).sort((a, b) => a - b)[(low.length - 1) >> 1];
  let hash = 0n;
  for (const value of low) hash = (hash << 1n) | (value > middle ? 1n : 0n);
  hashes.set(image, hash);
  return hash;
}

/** In how many of their 64 bits two hashes differ. */
export function hashDistance(a: bigint, b: bigint): number {
  let count = 0;
  for (let rest = a ^ b; rest > 0n; rest &= rest - 1n) count++;
  return count;
}

const cosines = Float64Array.from({ length: LOW * SIDE }, (_, i) =>
  Math.cos((Math.PI / SIDE) * ((i % SIDE) + 0.5) * Math.floor(i / SIDE)),
);

const hashes = new WeakMap<Image, bigint>();
