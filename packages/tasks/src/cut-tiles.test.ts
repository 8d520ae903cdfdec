import { type Image, isSkip, Random, resize } from "@ssl4rl/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cut, cutTiles, joinTiles, noOrder } from "./cut-tiles.js";
import { checkerboard, flat, paint, texture } from "./test-picture.js";

function cut(image: Image, options: Parameters<typeof cutTiles>[1], seed = 0): Cut {
  const made = cutTiles(image, options, Random.from("cut", seed));
  if (isSkip(made)) throw new Error(made.skip);
  return made;
}

const grids = fc.record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) });

describe("cutTiles", () => {
  it("makes tiles of one size in whole tokens for every picture and grid: size tells no row or column (row 10)", () => {
    const image = texture(1, 427, 340);
    fc.assert(
      fc.property(grids, fc.integer({ min: 170, max: 427 }), fc.integer(), (grid, width, seed) => {
        const { tiles } = cut(image.crop(0, 0, width, 340), { ...grid, size: 336 }, seed);
        expect(tiles).toHaveLength(grid.rows * grid.columns);
        for (const tile of tiles) expect([tile.width, tile.height]).toEqual([tiles[0].width, tiles[0].height]);
        expect([tiles[0].width % 28, tiles[0].height % 28]).toEqual([0, 0]);
      }),
      { numRuns: 40 },
    );
  });

  it("drops no row or column: joined again, the tiles are the whole window (row 9)", () => {
    const image = texture(2, 331, 203);
    fc.assert(
      fc.property(grids, fc.integer(), (grid, seed) => {
        const { tiles, window } = cut(image, { ...grid, size: 224 }, seed);
        const whole = joinTiles(tiles, grid.columns);
        expect(Buffer.compare(whole.data, resize(image.crop(...window), whole.width, whole.height).data)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it("cuts 15/16 of either side, anywhere in the picture", () => {
    const windows = Array.from({ length: 200 }, (_, seed) => {
      return cut(texture(3, 80, 64), { rows: 1, columns: 2, size: 56 }, seed).window;
    });
    for (const [x, y, width, height] of windows) {
      expect([width, height]).toEqual([75, 60]);
      expect(x).toBeLessThanOrEqual(5);
      expect(y).toBeLessThanOrEqual(4);
    }
    expect(new Set(windows.map(([x]) => x)).size).toBe(6);
    expect(new Set(windows.map(([_, y]) => y)).size).toBe(5);
  });

  it("stays near the picture's area and aspect, with and without gaps", () => {
    for (const gap of [0, 0.3]) {
      for (const [width, height] of [
        [400, 300],
        [200, 600],
      ]) {
        const [tile] = cut(texture(4, width, height), { rows: 2, columns: 3, size: 672, gap }).tiles;
        const [ideal, idealHeight] = [672 * Math.sqrt(width / height), 672 * Math.sqrt(height / width)];
        expect(Math.abs(tile.width - ideal / (3 + 2 * gap))).toBeLessThanOrEqual(14);
        expect(Math.abs(tile.height - idealHeight / (2 + gap))).toBeLessThanOrEqual(14);
      }
    }
  });

  it("with a gap, leaves no edges that continue each other (row 11)", () => {
    // Steps across a seam against steps inside a tile; 1 when the seam cannot be felt.
    const seam = (gap: number) => {
      const { tiles } = cut(texture(5, 240, 240), { rows: 1, columns: 2, size: 224, gap });
      const [left, right] = tiles;
      let across = 0;
      let inside = 0;
      for (let y = 0; y < left.height; y++) {
        const end = (y * left.width + left.width - 1) * 3;
        across += Math.abs(left.data[end] - right.data[y * right.width * 3]);
        inside += Math.abs(left.data[end] - left.data[end - 3]);
      }
      return across / inside;
    };
    expect(seam(0)).toBeLessThan(1.5);
    expect(seam(0.1)).toBeGreaterThan(3);
  });

  it("skips pictures with less than 28 px for a tile", () => {
    const cutOf = (width: number, height: number) =>
      cutTiles(texture(6, width, height), { rows: 2, columns: 3, size: 336 }, Random.from(1));
    expect(cutOf(83, 400)).toEqual({ skip: "83x400 px is too small for 2x3 tiles of 28 px" });
    expect(cutOf(400, 55)).toEqual({ skip: "400x55 px is too small for 2x3 tiles of 28 px" });
    expect(isSkip(cutOf(84, 56))).toBe(false);
  });
});

describe("noOrder (row 30: images without signal)", () => {
  const tiles = (image: Image) => cut(image, { rows: 2, columns: 2, size: 168 }).tiles;

  it("is null for a picture whose parts differ, and for one part without content", () => {
    const image = texture(7, 200, 200);
    expect(noOrder(tiles(image))).toBeNull();
    const oneEmpty = paint(200, 200, (x, y) =>
      x < 110 && y < 110 ? [90, 90, 90] : [...image.data.subarray((y * 200 + x) * 3, (y * 200 + x) * 3 + 3)],
    );
    expect(noOrder(tiles(oneEmpty))).toBeNull();
  });

  it("names two parts without content", () => {
    const halfEmpty = paint(200, 200, (x, y) => (y < 110 ? [90 + (x > 100 ? 20 : 0), 90, 90] : [x, y, (3 * x) % 200]));
    expect(noOrder(cut(halfEmpty, { rows: 4, columns: 1, size: 168 }).tiles.slice(0, 2).concat(flat(168, 28)))).toEqual(
      {
        skip: "two tiles show next to nothing",
      },
    );
  });

  it("names two parts that look alike, also where the window falls between", () => {
    const motif = texture(8, 50, 50);
    const repeated = paint(200, 200, (x, y) => {
      const at = ((y % 50) * 50 + (x % 50)) * 3;
      return [...motif.data.subarray(at, at + 3)];
    });
    expect(noOrder(tiles(repeated))?.skip).toMatch(/^tiles \d and \d look alike$/);
    for (const side of [250, 256, 243]) expect(noOrder(tiles(checkerboard(side, 9)))).not.toBeNull();
  });
});
