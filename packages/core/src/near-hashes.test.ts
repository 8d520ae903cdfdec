import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NearHashes } from "./near-hashes.js";
import { hashDistance, NEAR_DUPLICATE_BITS } from "./perceptual-hash.js";

const MASK = (1n << 64n) - 1n;
const hash = fc.bigInt({ min: 0n, max: MASK });
/** A hash, and which of its bits are turned: about as many as still count as near. */
const turned = fc.tuple(fc.nat({ max: 200 }), fc.uniqueArray(fc.nat({ max: 63 }), { maxLength: 12 }));

/** The same by comparing with every one. */
function firstNear(kept: readonly bigint[], wanted: bigint): number | null {
  const found = kept.findIndex((other) => hashDistance(other, wanted) < NEAR_DUPLICATE_BITS);
  return found < 0 ? null : found;
}

describe("NearHashes", () => {
  it("finds the very hash that a search through all finds", () => {
    fc.assert(
      fc.property(
        fc.array(hash, { minLength: 1, maxLength: 40 }),
        fc.array(turned, { maxLength: 60 }),
        (some, copies) => {
          const kept: bigint[] = [];
          const near = new NearHashes();
          const flipped = copies.map(([of, bits]) =>
            bits.reduce((value, bit) => value ^ (1n << BigInt(bit)), some[of % some.length]),
          );
          for (const wanted of [...some, ...flipped]) {
            expect(near.firstNear(wanted)).toBe(firstNear(kept, wanted));
            near.add(wanted);
            kept.push(wanted);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it("finds what differs in nine bits wherever they lie, and nothing that differs in ten", () => {
    fc.assert(
      fc.property(hash, fc.shuffledSubarray([...Array(64).keys()], { minLength: 10, maxLength: 10 }), (value, bits) => {
        const near = new NearHashes();
        near.add(value);
        const flip = (count: number) => bits.slice(0, count).reduce((sum, bit) => sum ^ (1n << BigInt(bit)), value);
        expect(near.firstNear(flip(9))).toBe(0);
        expect(near.firstNear(flip(10))).toBeNull();
      }),
      { numRuns: 500 },
    );
  });
});
