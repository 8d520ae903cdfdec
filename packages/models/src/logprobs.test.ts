import { noGrad, scope, Tape, type Tensor, tensor } from "@ssl4rl/torch";
import { expect, test } from "vitest";
import { alone, batchOf, goldenBatch, goldenModel } from "./golden-model.js";
import { completionLogprobs } from "./logprobs.js";
import type { PreparedBatch } from "./qwen2_5_vl.js";

const model = goldenModel();
const weights = model.parameters();
const batch = goldenBatch("C");
const temperature = 0.8;

/** Completions of unequal length, G = 3. */
const ids = [
  [[4, 5, 6, 502], [7], [8, 9, 502]],
  [
    [10, 502],
    [11, 12, 13, 14],
    [15, 16],
  ],
];
/** Weights of the log-probabilities in the objective, so that no two are alike. */
const weigh = (b: number, g: number, t: number) => Math.sin(1 + 17 * b + 5 * g + t);

/** The same prompts with completions appended, every pair computed on its own, as trainers without sharing do. */
function repeated(): { values: number[][][]; objective: Tensor[] } {
  const values: number[][][] = [];
  const objective: Tensor[] = [];
  ids.forEach((group, b) => {
    const one = alone(batch, b);
    values.push(
      group.map((completion, g) => {
        const prompt = one.prompts[0].ids;
        const whole: PreparedBatch = batchOf([[...prompt, ...completion]], one.pixels.grids, () => one.pixels.data);
        const { x, P } = model.embedPrompts(whole);
        const pass = {
          extent: { B: 1, G: 1, R: P },
          ...model.decoder.promptAngles([whole.prompts[0].positions], P),
          causal: model.decoder.causalMask(P, 0),
          padding: null,
        };
        const { hidden } = model.decoder.run(x, pass);
        const logs = model.logits(model.decoder.norm(hidden)).div(temperature).logSoftmax(-1);
        return completion.map((id, t) => {
          const value = logs.select(0, prompt.length + t - 1).select(0, id);
          objective.push(value.mul(weigh(b, g, t)));
          return value.item();
        });
      }),
    );
  });
  return { values, objective };
}

function takeGradients(): Map<string, Float32Array> {
  const taken = new Map<string, Float32Array>();
  for (const [name, weight] of weights) {
    taken.set(name, weight.grad!.data() as Float32Array);
    weight.grad = null;
  }
  return taken;
}

test("the likeliest tokens are those that greedy decoding would draw", () => {
  scope(() => {
    const { logprobs, likeliest } = completionLogprobs(model, model.prefill(batch), ids, 1, { likeliest: true });
    expect(completionLogprobs(model, model.prefill(batch), ids, 1).likeliest).toBeNull();
    expect(likeliest!.sum().item()).toBe(0);
    // The likeliest first tokens in place of the given ones; what follows is judged after them.
    const prompt = model.prefill(batch);
    const best = model.logits(prompt.last).argmax(-1).tolist() as number[];
    const greedy = best.map((id, b) => [[id, ...ids[b][0].slice(1)], ids[b][1]]);
    const said = completionLogprobs(model, prompt, greedy, 1, { likeliest: true, rowsPerChunk: 2 });
    expect((said.likeliest!.tolist() as number[][][]).map(([[first]]) => first)).toEqual([1, 1]);
    expect(said.likeliest!.requiresGrad).toBe(false);
    expect(logprobs.requiresGrad).toBe(true);
  });
});

test("one shared prompt gives the log-probabilities and gradients of G repeated prompts", () => {
  const expected = scope(() => {
    const { values, objective } = repeated();
    objective.reduce((sum, term) => sum.add(term)).backward();
    return { values, gradients: takeGradients() };
  });
  scope(() => {
    const { logprobs, mask } = completionLogprobs(model, model.prefill(batch), ids, temperature);
    expect(logprobs.shape).toEqual([2, 3, 4]);
    const found = logprobs.tolist() as number[][][];
    const flags = mask.tolist() as number[][][];
    ids.forEach((group, b) => {
      group.forEach((completion, g) => {
        for (let t = 0; t < 4; t++) {
          expect(flags[b][g][t]).toBe(t < completion.length ? 1 : 0);
          expect(found[b][g][t]).toBeCloseTo(expected.values[b][g][t] ?? 0, 4);
        }
      });
    });
    const numbers = new Float32Array(2 * 3 * 4);
    ids.forEach((group, b) => {
      group.forEach((completion, g) => {
        completion.forEach((_, t) => {
          numbers[(b * 3 + g) * 4 + t] = weigh(b, g, t);
        });
      });
    });
    logprobs
      .mul(tensor(numbers, [2, 3, 4]))
      .sum()
      .backward();
  });
  for (const [name, gradient] of takeGradients()) {
    const reference = expected.gradients.get(name)!;
    let difference = 0;
    let size = 0;
    gradient.forEach((value, i) => {
      difference += (value - reference[i]) ** 2;
      size += reference[i] ** 2;
    });
    expect(Math.sqrt(difference / size), name).toBeLessThan(1e-5);
  }
});

test("chunks of rows give the same numbers and gradients as all rows at once", () => {
  const run = (rowsPerChunk?: number) =>
    scope(() => {
      const prompt = model.prefill(batch);
      const { logprobs, entropy } = completionLogprobs(model, prompt, ids, temperature, { rowsPerChunk });
      logprobs.sum().backward();
      return {
        numbers: [...logprobs.flatten().tolist(), ...entropy.flatten().tolist()] as number[],
        gradient: takeGradients().get("model.embed_tokens.weight")!,
      };
    });
  const [whole, chunked] = [run(), run(3)];
  chunked.numbers.forEach((value, i) => {
    expect(value).toBeCloseTo(whole.numbers[i], 5);
  });
  chunked.gradient.forEach((value, i) => {
    expect(Math.abs(value - whole.gradient[i])).toBeLessThan(1e-4);
  });
});

test("entropy is that of the distribution a token was drawn from, and carries no graph", () => {
  scope(() => {
    const prompt = model.prefill(batch);
    const { entropy } = completionLogprobs(model, prompt, ids, temperature);
    expect(entropy.requiresGrad).toBe(false);
    const logits = model.logits(prompt.last).select(0, 1).data() as Float32Array;
    const exps = Array.from(logits, (z) => Math.exp(z / temperature));
    const total = exps.reduce((sum, e) => sum + e, 0);
    const expected = exps.reduce((sum, e) => sum - (e / total) * Math.log(e / total), 0);
    expect(entropy.select(0, 1).select(0, 2).select(0, 0).item()).toBeCloseTo(expected, 4);
    expect(entropy.select(0, 0).select(0, 1).select(0, 1).item()).toBe(0);
  });
});

test("single tokens and empty completions need no further pass", () => {
  noGrad(() =>
    scope(() => {
      const prompt = model.prefill(batch);
      const { logprobs, mask } = completionLogprobs(
        model,
        prompt,
        [
          [[4], []],
          [[5], [6]],
        ],
        1,
      );
      expect(logprobs.shape).toEqual([2, 2, 1]);
      expect(mask.flatten().tolist()).toEqual([1, 0, 1, 1]);
      expect(
        completionLogprobs(model, prompt, [[[]], [[]]], 1)
          .mask.flatten()
          .tolist(),
      ).toEqual([0, 0]);
      const expected = model.logits(prompt.last).logSoftmax(-1);
      expect(logprobs.flatten().tolist()[3]).toBeCloseTo(expected.select(0, 1).select(0, 6).item(), 5);
    }),
  );
});

test("completions must come in equal groups, one per prompt", () => {
  noGrad(() =>
    scope(() => {
      const prompt = model.prefill(batch);
      expect(() => completionLogprobs(model, prompt, [[[1]]], 1)).toThrow("expected 2 equal groups");
      expect(() => completionLogprobs(model, prompt, [[[1]], [[1], [2]]], 1)).toThrow("got groups of 1, 2");
      expect(() => completionLogprobs(model, prompt, [[[1]], [[2]]], 0)).toThrow("temperature must be above 0");
    }),
  );
});

test("entropy has a graph where it is asked for, on a tape as well", () => {
  const run = (taped: boolean) =>
    scope(() => {
      const tape = taped ? new Tape() : null;
      const prompt = model.prefill(batch, tape);
      const options = { tape, entropyGradient: true, rowsPerChunk: 3 };
      const sum = completionLogprobs(model, prompt, ids, temperature, options).entropy.sum();
      if (tape) tape.backward(sum);
      else sum.backward();
      return { value: sum.item(), gradient: takeGradients().get("model.norm.weight")! };
    });
  const [plain, taped] = [run(false), run(true)];
  plain.gradient.forEach((value, i) => {
    expect(taped.gradient[i]).toBeCloseTo(value, 4);
  });
  // Along the gradient itself the sum rises as fast as the gradient is long.
  const length = Math.hypot(...plain.gradient);
  const weight = weights.get("model.norm.weight")!;
  const along = tensor(plain.gradient).div(length);
  const at = (step: number) =>
    scope(() =>
      noGrad(() => {
        weight.add_(along.mul(step));
        const value = completionLogprobs(model, model.prefill(batch), ids, temperature).entropy.sum().item();
        weight.sub_(along.mul(step));
        return value;
      }),
    );
  expect((at(0.02) - at(-0.02)) / 0.04 / length).toBeCloseTo(1, 1);
});
