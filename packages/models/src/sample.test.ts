import { liveTensors, noGrad, scope, type Tensor, tensor } from "@ssl4rl/torch";
import { expect, test } from "vitest";
import { alone, batchOf, goldenBatch, goldenModel } from "./golden-model.js";
import { completionLogprobs } from "./logprobs.js";
import { type SamplingOptions, type SamplingTokens, sampleSteps, sampleTokens } from "./sample.js";

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

test("responses go on unchanged while others finish, group by group", () => {
  const long = { each: 16, maxNewTokens: 24 };
  const free = sample(long);
  // Every token of the first group's draws at step 3 stops: it finishes early, the other group thins out.
  const stop = [...new Set([...free.ids[0].map((ids) => ids[3]), ...free.ids[1].slice(0, 4).map((ids) => ids[9])])];
  const stopped = sample(long, { stop });
  const ends = free.ids.map((group) => group.map((ids) => ids.findIndex((id) => stop.includes(id))));
  expect(ends[0].every((end) => end >= 0 && end <= 3)).toBe(true);
  expect(ends[1].filter((end) => end < 0 || end > 12).length).toBeGreaterThan(0);
  expect(stopped.ids).toEqual(
    free.ids.map((group, b) => group.map((ids, g) => (ends[b][g] < 0 ? ids : ids.slice(0, ends[b][g] + 1)))),
  );
  stopped.logprobs.flat().forEach((logs, i) => {
    logs.forEach((value, t) => {
      expect(value).toBeCloseTo(free.logprobs.flat()[i][t], 4);
    });
  });
});

test("steps give what a whole draw gives, token by token", () => {
  const whole = sample({ maxNewTokens: 5 });
  scope(() => {
    const prompt = noGrad(() => model.prefill(batch));
    const steps = [...sampleSteps(model, prompt, { ...options, maxNewTokens: 5 }, tokens)];
    expect(steps).toHaveLength(5);
    steps.forEach((step, t) => {
      expect(step.map(({ prompt, response }) => [prompt, response])).toEqual([
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 0],
        [1, 1],
        [1, 2],
      ]);
      for (const { prompt, response, id, logprob } of step) {
        expect(id).toBe(whole.ids[prompt][response][t]);
        expect(logprob).toBe(whole.logprobs[prompt][response][t]);
      }
    });
  });
});

test("steps that are given up leave nothing behind, and other work may run between them", () => {
  scope(() => {
    const prompt = noGrad(() => model.prefill(batch));
    const before = liveTensors();
    const stop = Array.from({ length: 400 }, (_, id) => id);
    const one = sampleSteps(model, prompt, { ...options, each: 12, seed: 1 }, { ...tokens, stop });
    const other = sampleSteps(model, prompt, { ...options, seed: 2 }, tokens);
    for (let step = 0; step < 4; step++) {
      one.next();
      scope(() => other.next());
    }
    expect(liveTensors()).toBeGreaterThan(before);
    one.return();
    other.return();
    expect(liveTensors()).toBe(before);
  });
});

test("top-k, top-p and min-p narrow what is drawn, not the log-probabilities that are told", () => {
  const logits = noGrad(() =>
    scope(() => model.logits(model.prefill(batch).last).logSoftmax(-1).tolist()),
  ) as number[][];
  const ranked = logits.map((row) =>
    row
      .map((logprob, id) => ({ id, logprob }))
      .filter(({ id }) => !tokens.banned.includes(id))
      .sort((a, b) => b.logprob - a.logprob),
  );
  const first = { each: 400, maxNewTokens: 1, topLogprobs: 3 };
  const { ids, logprobs } = sample({ ...first, topK: 3 });
  ids.forEach((group, b) => {
    expect(new Set(group.flat())).toEqual(new Set(ranked[b].slice(0, 3).map(({ id }) => id)));
    group.forEach(([id], g) => {
      expect(logprobs[b][g][0]).toBeCloseTo(logits[b][id], 4);
    });
  });
  const least = (row: (typeof ranked)[number]) =>
    row.filter(({ logprob }) => logprob >= row[0].logprob + Math.log(0.5));
  sample({ ...first, minP: 0.5 }).ids.forEach((group, b) => {
    expect(new Set(group.flat())).toEqual(new Set(least(ranked[b]).map(({ id }) => id)));
  });
  expect(
    sample({ ...first, topP: 0 })
      .ids.flat(2)
      .every((id) => ranked.some(([best]) => best.id === id)),
  ).toBe(true);
});

test("the repetition penalty counts the prompt's tokens and the response's own", () => {
  const text = batchOf([[1, 2, 3]], [], () => new Float32Array(0));
  const greedy = { each: 1, maxNewTokens: 30, temperature: 0 };
  const free = sample(greedy, {}, text).ids[0][0];
  expect(new Set(free).size).toBeLessThan(30);
  const penalised = sample({ ...greedy, repetitionPenalty: 1e9 }, {}, text).ids[0][0];
  expect(new Set([1, 2, 3, ...penalised]).size).toBe(33);
});

test("the likeliest tokens are told beside each that was drawn, the likeliest first", () => {
  scope(() => {
    const prompt = noGrad(() => model.prefill(batch));
    const [step] = sampleSteps(model, prompt, { ...options, temperature: 0, maxNewTokens: 1, topLogprobs: 4 }, tokens);
    for (const { id, logprob, top } of step) {
      expect(top).toHaveLength(4);
      expect(top[0]).toEqual({ id, logprob });
      expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).sort((a, b) => b - a));
    }
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
  expect(() => sample({ topK: 1.5 })).toThrow("sample: topK must be a whole number, 0 or more, got 1.5");
  expect(() => sample({ topP: 1.1 })).toThrow("sample: topP must be between 0 and 1, got 1.1");
  expect(() => sample({ minP: -1 })).toThrow("sample: minP must be between 0 and 1, got -1");
  expect(() => sample({ repetitionPenalty: 0 })).toThrow("sample: repetitionPenalty must be above 0, got 0");
});

test("a model whose logits are not finite is a clear error, not a token", () => {
  const broken = goldenModel();
  noGrad(() => broken.parameters().get("model.norm.weight")!.fill_(Number.NaN));
  const draw = () => noGrad(() => scope(() => sampleTokens(broken, broken.prefill(batch), options, tokens)));
  expect(draw).toThrow(/logits are not finite/);
  broken.free();
});
