import { writeBits } from "./bits.js";
import { canonicalCode, codeLengths } from "./huffman.js";

/** In this order are lengths of the code for lengths stored, those that are rarely needed last (RFC 1951, 3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * Writes what stands before a deflate block with a Huffman code of its own (RFC 1951, 3.2.7) from bit `at` of the bytes on:
 * the lengths of the 286 symbols' codes, and that the only distance there is, 1, has a code of one bit. The block is not
 * the last. Tells where the header ends.
 */
export function writeBlockHeader(bytes: Uint8Array, at: number, lengths: Uint8Array): number {
  let literals = lengths.length;
  while (lengths[literals - 1] === 0) literals--;
  const all = new Uint8Array(literals + 1);
  all.set(lengths.subarray(0, literals));
  all[literals] = 1;
  const steps = lengthSteps(all);
  const counts = new Uint32Array(19);
  for (const { symbol } of steps) counts[symbol]++;
  const stepLengths = codeLengths(counts, 7);
  const code = canonicalCode(stepLengths);
  let stored = ORDER.length;
  while (stepLengths[ORDER[stored - 1]] === 0) stored--;

  let bit = writeBits(bytes, at, 0b100, 3);
  bit = writeBits(bytes, bit, literals - 257, 5);
  bit = writeBits(bytes, bit, 0, 5);
  bit = writeBits(bytes, bit, stored - 4, 4);
  for (const symbol of ORDER.slice(0, stored)) bit = writeBits(bytes, bit, stepLengths[symbol], 3);
  for (const { symbol, extra, bits } of steps) {
    bit = writeBits(bytes, bit, code[symbol], stepLengths[symbol]);
    bit = writeBits(bytes, bit, extra, bits);
  }
  return bit;
}

/** Lengths as they are (0 to 15), or 16: 3 to 6 more of the last; 17: 3 to 10 zeros; 18: 11 to 138 zeros. */
function lengthSteps(lengths: Uint8Array): { symbol: number; extra: number; bits: number }[] {
  const steps = [];
  for (let at = 0, same = 1; at < lengths.length; at += same) {
    const length = lengths[at];
    same = 1;
    while (same < 138 && lengths[at + same] === length) same++;
    if (length === 0 && same >= 11) {
      steps.push({ symbol: 18, extra: same - 11, bits: 7 });
    } else if (length === 0 && same >= 3) {
      steps.push({ symbol: 17, extra: same - 3, bits: 3 });
    } else if (length === lengths[at - 1] && same >= 3) {
      same = Math.min(same, 6);
      steps.push({ symbol: 16, extra: same - 3, bits: 2 });
    } else {
      same = 1;
      steps.push({ symbol: length, extra: 0, bits: 0 });
    }
  }
  return steps;
}
