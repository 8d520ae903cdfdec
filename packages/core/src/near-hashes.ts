import { NEAR_DUPLICATE_BITS } from "./perceptual-hash.js";

/** The bits of a hash cut into bands: [lowest bit, bits]. */
const BANDS = [
  [0n, 13],
  [13n, 13],
  [26n, 13],
  [39n, 13],
  [52n, 12],
] as const;

/**
 * Perceptual hashes, found again by what is nearly the same. Of two that differ in fewer than ten bits, one of five bands
 * differs in at most one (or there were ten): so only hashes with such a band are compared, a thousandth of all.
 */
export class NearHashes {
  /** Halves of the hashes: number n has [2n] and [2n + 1]. There is room for more. */
  private halves = new Int32Array(1024);
  private count = 0;
  /** For each band: the hashes, by their number, that have a value there. */
  private readonly holders = BANDS.map(() => new Map<number, number[]>());

  /** Keeps a hash, whose number is how many were kept before. */
  add(hash: bigint): void {
    const number = this.count++;
    if (2 * number === this.halves.length) {
      const more = new Int32Array(4 * number);
      more.set(this.halves);
      this.halves = more;
    }
    this.halves.set(halvesOf(hash), 2 * number);
    for (const [band, [from, bits]] of BANDS.entries()) {
      const value = bandOf(hash, from, bits);
      const holders = this.holders[band].get(value);
      if (holders) holders.push(number);
      else this.holders[band].set(value, [number]);
    }
  }

  /** Number of the first hash that differs in fewer than {@link NEAR_DUPLICATE_BITS} bits; null when there is none. */
  firstNear(hash: bigint): number | null {
    const { halves, count } = this;
    const [high, low] = halvesOf(hash);
    let first = count;
    for (const [band, [from, bits]] of BANDS.entries()) {
      const own = bandOf(hash, from, bits);
      for (let flip = -1; flip < bits; flip++) {
        const holders = this.holders[band].get(flip < 0 ? own : own ^ (1 << flip));
        if (!holders) continue;
        for (const number of holders) {
          if (number >= first) break;
          const distance = ones(halves[2 * number] ^ high) + ones(halves[2 * number + 1] ^ low);
          if (distance < NEAR_DUPLICATE_BITS) first = number;
        }
      }
    }
    return first < count ? first : null;
  }
}

function halvesOf(hash: bigint): [high: number, low: number] {
  return [Number(BigInt.asIntN(32, hash >> 32n)), Number(BigInt.asIntN(32, hash))];
}

function bandOf(hash: bigint, from: bigint, bits: number): number {
  return Number((hash >> from) & ((1n << BigInt(bits)) - 1n));
}

/** Bits that are set in a 32-bit number: sums of pairs, of fours, of bytes, then of all bytes. */
function ones(x: number): number {
  const pairs = x - ((x >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
