import { readFileSync } from "node:fs";
import { noGrad, scope, setThreads, tensor } from "@ssl4rl/torch";
import { expect, test } from "vitest";
import { processLogits } from "./logits-processors.js";

setThreads(1);

// Made by transformers 5.9.0: scripts/peers/make_logits_golden.py.
const golden = JSON.parse(readFileSync(new URL("logits-processors.golden.json", import.meta.url), "utf8")) as {
  readonly logits: number[][];
  readonly ids: number[][];
  readonly cases: readonly {
    readonly options: {
      readonly temperature?: number;
      readonly top_k?: number;
      readonly top_p?: number;
      readonly min_p?: number;
      readonly repetition_penalty?: number;
      readonly suppress_tokens?: number[];
    };
    readonly scores: (number | null)[][];
  }[];
};

test.each(golden.cases)("scores are those of transformers' generate with $options", ({ options, scores }) => {
  const banned = golden.logits[0].map((_, id) => (options.suppress_tokens?.includes(id) ? -Infinity : 0));
  const distribution = {
    temperature: options.temperature ?? 1,
    topK: options.top_k,
    topP: options.top_p,
    minP: options.min_p,
    repetitionPenalty: options.repetition_penalty,
  };
  const ours = noGrad(() =>
    scope(() => processLogits(tensor(golden.logits), distribution, golden.ids, tensor(banned)).tolist()),
  ) as number[][];
  ours.forEach((row, r) => {
    row.forEach((score, id) => {
      const wanted = scores[r][id];
      if (wanted === null) expect(score).toBe(-Infinity);
      else expect(score).toBeCloseTo(wanted, 4);
    });
  });
});

test("greedy decoding has the repetition penalty and the banned tokens alone", () => {
  const scores = (temperature: number, topK: number) =>
    scope(() =>
      processLogits(
        tensor([[4, 3, -1, 2]]),
        { temperature, topK, repetitionPenalty: 2 },
        [[0, 2, 2]],
        tensor([0, 0, 0, -Infinity]),
      ).tolist(),
    );
  expect(scores(0, 1)).toEqual([[2, 3, -2, -Infinity]]);
  expect(scores(0.5, 1)).toEqual([[-Infinity, 6, -Infinity, -Infinity]]);
});

test("rows may have seen different numbers of tokens", () => {
  const scores = scope(() =>
    processLogits(
      tensor([
        [1, 1, 1],
        [1, 1, 1],
      ]),
      { temperature: 1, repetitionPenalty: 2 },
      [[0], [2, 1, 1]],
      tensor([0, 0, 0]),
    ).tolist(),
  );
  expect(scores).toEqual([
    [0.5, 1, 1],
    [1, 0.5, 0.5],
  ]);
});
