import { Image, resize } from "@ssl4rl/core";
import { expect, test } from "vitest";
import { fnv1a, goldenImage } from "./golden.js";
import { defaultProcessor, ImageProcessor, parseProcessor, patchPosition } from "./image-processor.js";

const processor = new ImageProcessor(defaultProcessor());

// Reference page, section 9.3.
test.each([
  { h: 97, w: 142, source: "d9572098", grid: [6, 10], hash: "ea8d8953", values: [-1.5586877, -1.7776641, 0.3975015] },
  { h: 20, w: 30, source: "3a7c0306", grid: [4, 6], hash: "3e11a567", values: [-1.6608766, -1.6754751, -1.7776641] },
  { h: 70, w: 98, source: "416ee9eb", grid: [4, 8], hash: "9cbf176b", values: [-0.0112545, 0.7332653, 1.0252337] },
  { h: 301, w: 77, source: "f386ae37", grid: [22, 6], hash: "28bb1cb5", values: [1.3755959, -0.9309554, 1.0690291] },
])("the $h x $w picture gives the published pixels", ({ h, w, source, grid, hash, values }) => {
  const image = goldenImage(h, w);
  expect(fnv1a(image.data).toString(16)).toBe(source);
  const { data, columns, grids } = processor.process([image]);
  expect(grids).toEqual([{ height: grid[0], width: grid[1] }]);
  expect(columns).toBe(1176);
  expect(fnv1a(resize(image, grid[1] * 14, grid[0] * 14).data).toString(16)).toBe(hash);
  expect(data.length).toBe(grid[0] * grid[1] * 1176);
  expect(data[0]).toBeCloseTo(values[0], 6);
  expect(data[1]).toBeCloseTo(values[1], 6);
  expect(data[5 * 1176 + 200]).toBeCloseTo(values[2], 6);
});

test("pixel rows follow merge blocks, columns follow channel, time, y, x", () => {
  const image = goldenImage(84, 56);
  const { data } = processor.process([image]);
  const grid = { height: 6, width: 4 };
  const level = (x: number, y: number, c: number) => {
    const { mean, std } = processor.spec;
    return (image.data[(y * 56 + x) * 3 + c] / 255 - mean[c]) / std[c];
  };
  for (const [n, y, x] of [
    [0, 0, 0],
    [1, 0, 1],
    [2, 1, 0],
    [4, 0, 2],
    [8, 2, 0],
    [15, 3, 3],
  ]) {
    expect(patchPosition(n, grid, 2)).toEqual({ y, x });
    for (const [c, t, py, px] of [
      [0, 0, 3, 5],
      [2, 1, 13, 13],
    ]) {
      const column = ((c * 2 + t) * 14 + py) * 14 + px;
      expect(data[n * 1176 + column]).toBeCloseTo(level(x * 14 + px, y * 14 + py, c), 5);
    }
  }
});

test("several images lie one after the other", () => {
  const [a, b] = [goldenImage(56, 56), goldenImage(20, 30)];
  const both = processor.process([a, b]);
  const alone = [processor.process([a]), processor.process([b])];
  expect(both.grids).toEqual([...alone[0].grids, ...alone[1].grids]);
  expect(both.data).toEqual(Float32Array.from([...alone[0].data, ...alone[1].data]));
  expect(both.grids.map((grid) => processor.tokens(grid))).toEqual([4, 6]);
});

test("pixel limits are read in both spellings", () => {
  expect(parseProcessor('{"min_pixels": 784, "max_pixels": 12544}')).toMatchObject({
    minPixels: 784,
    maxPixels: 12544,
  });
  const sizes = '{"size": {"shortest_edge": 784, "longest_edge": 12544}}';
  expect(parseProcessor(sizes)).toMatchObject({ minPixels: 784, maxPixels: 12544 });
  expect(parseProcessor("{}")).toMatchObject({ minPixels: 3136, maxPixels: 1003520 });
});

test("a processor that skips a step is refused by name", () => {
  expect(() => parseProcessor('{"do_resize": false}', "p.json")).toThrow(/^p\.json: do_resize must be true, got false/);
});

test("a limit below the image shrinks it, one patch block less where doubles round down", () => {
  const small = new ImageProcessor(defaultProcessor({ minPixels: 784, maxPixels: 12544 }));
  expect(small.grid(new Image(400, 200, new Uint8Array(240000)))).toEqual({ height: 4, width: 10 });
  expect(small.grid(new Image(300, 300, new Uint8Array(270000)))).toEqual({ height: 6, width: 6 });
});
