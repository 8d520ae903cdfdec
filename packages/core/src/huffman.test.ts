import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalCode, codeLengths } from "./huffman.js";

const bits = (counts: Uint32Array, lengths: Uint8Array) =>
  counts.reduce((sum, count, symbol) => sum + count * lengths[symbol], 0);

/** The share of all codes that codes of these lengths take: 1 if none is left over or missing. */
const taken = (lengths: Uint8Array) => lengths.reduce((sum, length) => sum + (length > 0 ? 2 ** -length : 0), 0);

/** Bits of Huffman's code without a limit: each time two nodes become one, their symbols take a bit more. */
function leastBits(counts: Uint32Array): number {
  const nodes = [...counts].filter((count) => count > 0);
  let sum = 0;
  while (nodes.length > 1) {
    const [a, b] = nodes.sort((x, y) => x - y).splice(0, 2);
    nodes.push(a + b);
    sum += a + b;
  }
  return sum;
}

const manyCounts = fc
  .array(fc.oneof(fc.constant(0), fc.nat(9), fc.nat(1e6)), { minLength: 2, maxLength: 286 })
  .map((counts) => Uint32Array.from(counts))
  .filter((counts) => counts.filter((count) => count > 0).length >= 2);

describe("codeLengths", () => {
  it("takes every code, for symbols that come and no others, and no bit more than Huffman's code", () => {
    fc.assert(
      fc.property(manyCounts, (counts) => {
        const lengths = codeLengths(counts, 30);
        expect([...lengths].map((length) => length > 0)).toEqual([...counts].map((count) => count > 0));
        expect(taken(lengths)).toBe(1);
        expect(bits(counts, lengths)).toBe(leastBits(counts));
      }),
    );
  });

  it("keeps to the limit with every code taken, and the more common symbol's code is no longer", () => {
    fc.assert(
      fc.property(manyCounts, fc.constantFrom(9, 11, 14), (counts, limit) => {
        const lengths = codeLengths(counts, limit);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
        expect(taken(lengths)).toBe(1);
        const ordered = [...lengths.keys()]
          .filter((symbol) => counts[symbol] > 0)
          .sort((a, b) => counts[a] - counts[b]);
        for (let n = 1; n < ordered.length; n++) {
          if (counts[ordered[n]] > counts[ordered[n - 1]]) {
            expect(lengths[ordered[n]]).toBeLessThanOrEqual(lengths[ordered[n - 1]]);
          }
        }
      }),
    );
  });

  it("shortens the longest codes there can be, of counts that are Fibonacci's numbers, at little cost", () => {
    const counts = new Uint32Array(30).fill(1);
    for (let n = 2; n < 30; n++) counts[n] = counts[n - 1] + counts[n - 2];
    expect(Math.max(...codeLengths(counts, 30))).toBe(29);
    for (const limit of [5, 7, 14, 15]) {
      const lengths = codeLengths(counts, limit);
      expect(Math.max(...lengths)).toBe(limit);
      expect(taken(lengths)).toBe(1);
    }
    expect(bits(counts, codeLengths(counts, 14))).toBeLessThan(1.01 * leastBits(counts));
  });
});

describe("canonicalCode", () => {
  it("is the example of RFC 1951, 3.2.2, bits turned round", () => {
    const written = ["010", "011", "100", "101", "110", "00", "1110", "1111"];
    const code = canonicalCode(Uint8Array.from(written, (bits) => bits.length));
    expect([...code]).toEqual(written.map((bits) => Number.parseInt([...bits].reverse().join(""), 2)));
  });

  it("leaves out symbols that have no code", () => {
    expect([...canonicalCode(Uint8Array.of(0, 1, 0, 1))]).toEqual([0, 0, 0, 1]);
  });
});
