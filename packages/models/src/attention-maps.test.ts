import { liveTensors } from "@ssl4rl/torch";
import { expect, test } from "vitest";
import { attentionMaps } from "./attention-maps.js";
import { alone, batchOf, goldenBatch, goldenModel } from "./golden-model.js";

// That the numbers are those of transformers is in parity.test.ts.
const model = goldenModel();
const batch = alone(goldenBatch("C"), 1);
const P = batch.prompts[0].ids.length;
const completion = [4, 5, 6];

test("gives a map of each image for each token, whose sums are shares of 1", () => {
  const before = liveTensors();
  const maps = attentionMaps(model, batch, completion);
  expect(maps.map(({ rows, columns }) => [rows, columns])).toEqual([
    [3, 11],
    [2, 2],
  ]);
  for (let t = 0; t < 3; t++) {
    const sums = maps.map(({ values }) => values[t].reduce((sum, value) => sum + value, 0));
    expect(Math.min(...sums)).toBeGreaterThan(0);
    expect(sums[0] + sums[1]).toBeLessThan(1);
  }
  expect(liveTensors()).toBe(before);
});

test("a place's map does not depend on the other places, nor on what comes after it", () => {
  const all = attentionMaps(model, batch, completion);
  const [image] = attentionMaps(model, batch, [4], { places: [P - 1] });
  image.values[0].forEach((value, i) => {
    expect(value).toBeCloseTo(all[0].values[0][i], 6);
  });
});

test("the mean over all heads and layers is the mean of each alone", () => {
  const [whole] = attentionMaps(model, batch, completion);
  const mean = new Float64Array(33);
  for (const layer of [0, 1]) {
    for (const head of [0, 1, 2, 3]) {
      const [part] = attentionMaps(model, batch, completion, { layers: [layer], heads: [head] });
      part.values[2].forEach((value, i) => {
        mean[i] += value / 8;
      });
    }
  }
  whole.values[2].forEach((value, i) => {
    expect(value).toBeCloseTo(mean[i], 6);
  });
});

test("what cannot be asked is refused by name", () => {
  const ask = (options: object) => () => attentionMaps(model, batch, completion, options);
  expect(ask({ places: [0] })).toThrow(/place must be a whole number from 43 to 50, got 0/);
  expect(ask({ places: [P + 3] })).toThrow(/place must be .* got 51/);
  expect(ask({ layers: [2] })).toThrow(/layer must be a whole number from 0 to 1, got 2/);
  expect(ask({ heads: [] })).toThrow(/needs at least one head/);
  expect(() => attentionMaps(model, batch, [])).toThrow(/needs at least one place/);
  expect(() => attentionMaps(model, goldenBatch("C"), completion)).toThrow(/takes one prompt, got 2/);
  const text = batchOf([[1, 2, 3]], [], () => new Float32Array(0));
  expect(() => attentionMaps(model, text, completion)).toThrow(/has no images/);
});
