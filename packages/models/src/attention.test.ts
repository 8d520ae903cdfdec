import { cat, full, Generator, grad, randn, scope, type Tensor, tensor, triu } from "@ssl4rl/torch";
import { expect, test } from "vitest";
import { sharedPromptAttention } from "./attention.js";

// The example `prefix_attention` of reference/grpo-golden.json: a prompt of 3 tokens, continuations of 2 and 1.
const q = [
  [-0.75, 0.5],
  [0, -0.5],
  [0.75, 0.25],
  [-0.25, -0.75],
  [0.5, 0],
  [-0.5, 0.75],
];
const k = [
  [-0.75, 0],
  [-0.25, 0.5],
  [0.25, -0.75],
  [0.75, -0.25],
  [-0.5, 0.25],
  [0, 0.75],
];
const v = [
  [-0.75, 0.25],
  [0.5, -0.25],
  [0, -0.75],
  [-0.5, 0.5],
  [0.75, 0],
  [0.25, -0.5],
];
const out = [
  [-0.75, 0.25],
  [-0.180099, 0.02204],
  [-0.009697, -0.312423],
  [-0.218759, -0.110605],
  [-0.02867, -0.041608],
  [0.022032, -0.255753],
];
const gradK = [
  [0.009585, -0.014449],
  [-0.048129, 0.019218],
  [-0.005916, 0.037883],
  [-0.006742, -0.039992],
  [0.049429, 0],
  [0.001773, -0.00266],
];
const gradV = [
  [0.687275, 0.687275],
  [0.664528, 0.664528],
  [0.675551, 0.675551],
  [0.494114, 0.494114],
  [0.170439, 0.170439],
  [0.308093, 0.308093],
];

/** Rows of the two continuations; the shorter one is padded with a row that nothing may see. */
const PAD = [7, -7];
const suffix = (rows: number[][]) => [rows[3], rows[4], rows[5], PAD].flat();
const scaled = (rows: number[][]) => rows.map((row) => row.map((x) => x / Math.sqrt(2)));
const mask = [0, -Infinity, 0, 0];

function close(found: number[][], expected: number[][]): void {
  found.forEach((row, i) => {
    row.forEach((value, j) => {
      expect(value).toBeCloseTo(expected[i][j], 5);
    });
  });
}

test("the prompt attends causally to itself", () => {
  scope(() => {
    const shape = [1, 1, 1, 1, 3, 2];
    const queries = tensor(scaled(q.slice(0, 3)).flat(), shape);
    const keys = tensor(k.slice(0, 3).flat(), [1, 1, 1, 3, 2]);
    const values = tensor(v.slice(0, 3).flat(), [1, 1, 1, 3, 2]);
    const causal = tensor([0, -Infinity, -Infinity, 0, 0, -Infinity, 0, 0, 0], [3, 3]);
    close(sharedPromptAttention(queries, keys, values, null, causal, null).reshape([3, 2]).tolist(), out.slice(0, 3));
  });
});

test("continuations attend to the shared prompt and to themselves, and their gradients add up in its keys", () => {
  scope(() => {
    const options = { requiresGrad: true };
    const queries = tensor(suffix(scaled(q)), [1, 1, 2, 1, 2, 2]);
    const keys = tensor(suffix(k), [1, 1, 2, 2, 2], options);
    const values = tensor(suffix(v), [1, 1, 2, 2, 2], options);
    const sharedKeys = tensor(k.slice(0, 3).flat(), [1, 1, 3, 2], options);
    const sharedValues = tensor(v.slice(0, 3).flat(), [1, 1, 3, 2], options);
    const shared = { keys: sharedKeys, values: sharedValues };
    const found = sharedPromptAttention(queries, keys, values, shared, tensor(mask, [2, 2]), null);
    const rows = found.reshape([4, 2]).narrow(0, 0, 3);
    close(rows.tolist(), out.slice(3));
    const [dSharedK, dSharedV, dK, dV] = grad(rows.sum(), [sharedKeys, sharedValues, keys, values]);
    close(dSharedK!.reshape([3, 2]).tolist(), gradK.slice(0, 3));
    close(dSharedV!.reshape([3, 2]).tolist(), gradV.slice(0, 3));
    close(dK!.reshape([4, 2]).tolist(), [...gradK.slice(3), [0, 0]]);
    close(dV!.reshape([4, 2]).tolist(), [...gradV.slice(3), [0, 0]]);
  });
});

test("padding in the prompt is not seen", () => {
  scope(() => {
    const queries = tensor(suffix(scaled(q)), [1, 1, 2, 1, 2, 2]);
    const keys = tensor(suffix(k), [1, 1, 2, 2, 2]);
    const values = tensor(suffix(v), [1, 1, 2, 2, 2]);
    const shared = {
      keys: tensor([...k.slice(0, 3).flat(), ...PAD], [1, 1, 4, 2]),
      values: tensor([...v.slice(0, 3).flat(), ...PAD], [1, 1, 4, 2]),
    };
    const padding = tensor([0, 0, 0, -Infinity], [1, 1, 1, 4]);
    const found = sharedPromptAttention(queries, keys, values, shared, tensor(mask, [2, 2]), padding);
    close(found.reshape([4, 2]).narrow(0, 0, 3).tolist(), out.slice(3));
  });
});

test("many queries find, and hand back, what each finds by itself", () => {
  scope(() => {
    // Two prompts, two query heads to the one key head, nine tokens in a cache.
    const [R, T] = [300, 309];
    const generator = new Generator(1);
    const queries = randn([2, 1, 1, 2, R, 4], { generator });
    const keys = randn([2, 1, 1, T, 4], { generator, requiresGrad: true });
    const values = randn([2, 1, 1, T, 4], { generator, requiresGrad: true });
    const causal = triu(full([R, T], -Infinity), T - R + 1);
    const alone = Array.from({ length: R }, (_, r) => {
      const seen = (x: Tensor) => x.narrow(3, 0, T - R + r + 1);
      return sharedPromptAttention(queries.narrow(4, r, 1), seen(keys), seen(values), null, null, null);
    });
    const paid = randn([2, 1, 1, 2, R, 4], { generator });
    const [found, wanted] = [sharedPromptAttention(queries, keys, values, null, causal, null), cat(alone, 4)].map(
      (output) => [output, ...grad(output.mul(paid).sum(), [keys, values])],
    );
    found.forEach((x, i) => {
      expect(x!.sub(wanted[i]!).abs().max().item()).toBeLessThan(1e-5);
    });
  });
});
