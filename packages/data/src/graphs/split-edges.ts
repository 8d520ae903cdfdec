import type { Adjacency, PackedTexts } from "@ssl4rl/core";

/** The shares of edges held out, as graph auto-encoders do (Kipf and Welling 2016, section 3). */
const VALIDATION = 0.05;
const TEST = 0.1;

/**
 * Splits edges by a hash of the ids of their ends: about 85 % train, 5 % validation, 10 % test. All edges between two nodes, in
 * both directions, fall on the same side, and an edge never changes sides when others join. Self-loops, which no question asks for,
 * stay in train.
 */
export function splitEdges({ outStart, tails, splitOf }: Adjacency, keys: PackedTexts, seed: number): void {
  const nodes = outStart.length - 1;
  const hashes = Uint32Array.from({ length: nodes }, (_, node) => hash(keys, node, seed));
  for (let head = 0; head < nodes; head++) {
    for (let edge = outStart[head]; edge < outStart[head + 1]; edge++) {
      if (tails[edge] === head) continue;
      const draw = pairHash(hashes[head], hashes[tails[edge]]) / 2 ** 32;
      splitOf[edge] = draw < TEST ? 2 : draw < TEST + VALIDATION ? 1 : 0;
    }
  }
}

/** 32 bits of a text: FNV-1a (G. Fowler, L. Noll, K.-P. Vo) over its bytes, begun with the seed. */
function hash({ bytes, starts }: PackedTexts, index: number, seed: number): number {
  let h = mixed(0x811c9dc5 + seed);
  for (let at = starts[index]; at < starts[index + 1]; at++) h = Math.imul(h ^ bytes[at], 0x01000193);
  return h;
}

/** 32 bits of two hashes, whatever their order. */
function pairHash(a: number, b: number): number {
  return mixed((mixed(a) + mixed(b)) ^ Math.imul(a | 1, b | 1));
}

/** The finaliser of MurmurHash3 (A. Appleby): every bit of the number moves every bit of the outcome. */
function mixed(number: number): number {
  let h = number | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
