import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deflateRuns, type Span } from "./deflate.js";
import { SLACK, withRoom } from "./kernel.js";
import { Random } from "./random.js";

function* inMemory(blocks: Uint8Array[]): Generator<Span> {
  for (const block of blocks) {
    const end = SLACK + block.length;
    // What lies around a block is taken for no part of it, though it looks like one.
    withRoom(end + SLACK)
      .fill(block[0], 0, SLACK)
      .fill(block[block.length - 1], end, end + SLACK)
      .set(block, SLACK);
    yield { start: SLACK, end };
  }
}

/** Deflated; throws if zlib does not give the blocks back. */
function deflated(...blocks: Uint8Array[]): Uint8Array {
  const stream = Buffer.concat(deflateRuns(inMemory(blocks)));
  expect(Buffer.compare(inflateSync(stream), Buffer.concat(blocks))).toBe(0);
  return stream;
}

const noise = (length: number, values = 256) => {
  const random = Random.from("noise", length, values);
  return Uint8Array.from({ length }, () => random.int(values));
};

describe("deflateRuns", () => {
  it("gives back any bytes in any blocks", () => {
    const run = fc.tuple(fc.nat(255), fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 600 })));
    const block = fc
      .array(run, { minLength: 1, maxLength: 60 })
      .map((runs) => Uint8Array.from(runs.flatMap(([byte, length]) => new Array<number>(length).fill(byte))));
    fc.assert(fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => void deflated(...blocks)));
  });

  it("gives back runs of every length, at every place among the four bytes that are taken at once", () => {
    for (let length = 1; length < 530; length++) {
      for (let before = 0; before < 4; before++) {
        deflated(
          Uint8Array.from({ length: before + length + 2 }, (_, n) =>
            n < before ? n + 1 : n < before + length ? 9 : n,
          ),
        );
      }
    }
  });

  it("gives back blocks of one value, each a symbol or a run and the end", () => {
    for (const length of [1, 2, 4, 5, 258, 259, 260, 263, 100_000]) {
      for (const byte of [0, 4, 255]) deflated(new Uint8Array(length).fill(byte), new Uint8Array(length).fill(byte));
    }
    expect(deflated(new Uint8Array(100_000)).length).toBeLessThan(130);
  });

  it("gives back counts whose code would be longer than allowed", () => {
    const bytes: number[] = [];
    for (let symbol = 0, [count, next] = [1, 1]; symbol < 22; symbol++, [count, next] = [next, count + next]) {
      for (let n = 0; n < count; n++) bytes.push(symbol * 11);
    }
    deflated(Uint8Array.from(Random.from("fibonacci").shuffle(bytes)));
  });

  it("makes noise hardly longer", () => {
    expect(deflated(noise(2 ** 18)).length).toBeLessThan(1.003 * 2 ** 18);
    expect(deflated(noise(1)).length).toBeLessThan(40);
  });

  it("tells the checksum of bytes so large that its sums are, too", () => {
    deflated(new Uint8Array(2 ** 22).fill(255), noise(1013), new Uint8Array(2 ** 20 + 7).fill(254));
  });

  it("makes an empty stream of nothing", () => {
    deflated();
  });
});
