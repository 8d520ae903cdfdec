import { liveTensors, noGrad, scope, type Tensor, tensor } from "@ssl4rl/torch";
import { expect, test } from "vitest";
import { alone, batchOf, goldenBatch, goldenModel } from "./golden-model.js";
import { completionLogprobs } from "./logprobs.js";
import { type SamplingOptions, type SamplingTokens, sampleTokens } from "./sample.js";

const model = goldenModel();
const batch = goldenBatch("C");
const options: SamplingOptions = { each: 3, maxNewTokens: 6, temperature: 1, seed: 7 };
const tokens: SamplingTokens = { stop: [], banned: [503, 504, 506, 507] };

function sample(change: Partial<SamplingOptions> = {}, steer: Partial<SamplingTokens> = {}, of = batch) {
  return noGrad(() =>
    scope(() => sampleTokens(model, model.prefill(of), { ...options, ...change }, { ...tokens, ...steer })),
  );
}

test("a seed gives one set of responses, another seed another", () => {
  expect(sample()).toEqual(sample());
  expect(sample({ seed: 8 }).ids).not.toEqual(sample().ids);
});

test("responses of one prompt differ, and do not depend on prompts behind it", () => {
  const { ids } = sample();
  expect(new Set(ids[0].map(String)).size).toBe(3);
  expect(sample({}, {}, alone(batch, 0)).ids[0]).toEqual(ids[0]);
});

test("greedy responses follow the largest logit of the full forward pass", () => {
  const { ids } = sample({ temperature: 0, each: 2, maxNewTokens: 4 });
  // Reference page, section 9.2, case C.
  expect(ids).toEqual([
    [
      [95, 362, 63, 444],
      [95, 362, 63, 444],
    ],
    [
      [403, 251, 403, 251],
      [403, 251, 403, 251],
    ],
  ]);
});

test("greedy passes over banned tokens", () => {
  const { ids } = sample({ temperature: 0, each: 1, maxNewTokens: 1 }, { banned: [95] });
  expect(ids[0][0][0]).not.toBe(95);
  expect(ids[1][0][0]).toBe(403);
});

test("banned tokens are never drawn", () => {
  const banned = Array.from({ length: 500 }, (_, id) => id);
  const drawn = new Set(sample({ each: 64, maxNewTokens: 4 }, { banned }).ids.flat(2));
  expect([...drawn].every((id) => id >= 500)).toBe(true);
  expect(drawn.size).toBeGreaterThan(5);
});

test("a response ends with its first stop token, which belongs to it", () => {
  const free = sample({ each: 8, maxNewTokens: 8 });
  const stop = [free.ids[0][0][2], free.ids[1][3][0]];
  const stopped = sample({ each: 8, maxNewTokens: 8 }, { stop });
  free.ids.forEach((group, b) => {
    group.forEach((ids, g) => {
      const end = ids.findIndex((id) => stop.includes(id));
      expect(stopped.ids[b][g]).toEqual(end < 0 ? ids : ids.slice(0, end + 1));
      expect(stopped.finished[b][g]).toBe(end >= 0);
      expect(stopped.logprobs[b][g]).toHaveLength(stopped.ids[b][g].length);
    });
  });
});

test("sampling stops when every response has", () => {
  const all = Array.from({ length: 512 }, (_, id) => id);
  const { ids, finished } = sample({ maxNewTokens: 1000 }, { stop: all });
  expect(ids.flat().every((response) => response.length === 1)).toBe(true);
  expect(finished.flat().every(Boolean)).toBe(true);
});

test("log-probabilities are those that logprobs computes", () => {
  const sampled = sample({ temperature: 0.7, maxNewTokens: 20 });
  const recomputed = noGrad(() =>
    scope(() => completionLogprobs(model, model.prefill(batch), sampled.ids, 0.7).logprobs.tolist()),
  ) as number[][][];
  sampled.logprobs.flat().forEach((logs, i) => {
    logs.forEach((value, t) => {
      expect(value).toBeCloseTo(recomputed.flat()[i][t], 4);
    });
  });
});

test("frequencies follow the softmax of the allowed logits", () => {
  const text = batchOf([[1, 2, 3]], [], () => new Float32Array(0));
  const temperature = 0.5;
  const { ids } = sample({ each: 20000, maxNewTokens: 1, temperature }, {}, text);
  const counts = new Float64Array(512);
  for (const [id] of ids[0]) counts[id]++;
  const logits = noGrad(() => scope(() => model.logits(model.prefill(text).last).data())) as Float32Array;
  const weights = Array.from(logits, (z, id) => (tokens.banned.includes(id) ? 0 : Math.exp(z / temperature)));
  const total = weights.reduce((sum, w) => sum + w, 0);
  let chiSquare = 0;
  let rest = { expected: 0, found: 0 };
  let cells = 0;
  weights.forEach((w, id) => {
    const expected = (20000 * w) / total;
    if (expected < 20) {
      rest = { expected: rest.expected + expected, found: rest.found + counts[id] };
    } else {
      chiSquare += (counts[id] - expected) ** 2 / expected;
      cells++;
    }
  });
  if (rest.expected > 0) chiSquare += (rest.found - rest.expected) ** 2 / rest.expected;
  // Mean `cells`, standard deviation √(2·cells): five deviations is a sure sign of a fault.
  expect(chiSquare).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
});

test("sampling from a prompt with a graph leaves the graph usable and nothing behind", () => {
  scope(() => {
    const prompt = model.prefill(batch);
    const before = liveTensors();
    sampleTokens(model, prompt, { ...options, maxNewTokens: 40 }, tokens);
    expect(liveTensors()).toBe(before);
    const suffix = tensor([1, 2], [2, 1, 1], { dtype: "int64" });
    (model.extend(prompt, suffix) as Tensor).sum().backward();
    expect(model.parameters().get("visual.patch_embed.proj.weight")!.grad).not.toBeNull();
  });
});

test("senseless options are refused by name", () => {
  expect(() => sample({ each: 0 })).toThrow("sample: each must be 1 or more, got 0");
  expect(() => sample({ maxNewTokens: 1.5 })).toThrow("sample: maxNewTokens must be 1 or more, got 1.5");
  expect(() => sample({ temperature: -1 })).toThrow("sample: temperature must be 0 or more, got -1");
});

test("a model whose logits are not finite is a clear error, not a token", () => {
  const broken = goldenModel();
  noGrad(() => broken.parameters().get("model.norm.weight")!.fill_(Number.NaN));
  const draw = () => noGrad(() => scope(() => sampleTokens(broken, broken.prefill(batch), options, tokens)));
  expect(draw).toThrow(/logits are not finite/);
  broken.free();
});
