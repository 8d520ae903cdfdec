import { AdamW, clipGradNorm, liveTensors, noGrad, scope, type Tensor, tensor } from "@ssl4rl/torch";
import { describe, expect, test } from "vitest";
import { goldenValues } from "./golden.js";
import { alone, batchOf, type CaseName, goldenBatch, goldenModel } from "./golden-model.js";
import { KeyCache } from "./key-cache.js";
import type { PreparedBatch, QwenVL } from "./qwen2_5_vl.js";
import { Decoder } from "./text.js";
import { windowOrder } from "./window-order.js";

const model = goldenModel();
const weights = model.parameters();

/** Reference page, section 9.2, measured on transformers. */
const golden = {
  A: {
    patch: [4.18389, 3.1233, -0.99288, -1.24032],
    blocks: [393.495, 398.1694, 402.4577, 411.9982],
    feature: [4, -4.60937, -3.14372, -4.79607, 1.41971],
    norms: [111.126, 122.0569, 130.5896, 54.1577],
    last: [[-0.15449, 0.24676, -0.34057, -0.53835]],
    logits: 141.0559,
    greedy: [[158, 370, 20, 65]],
    decode: [-0.75049, 0.54902, 0.36504],
    losses: [6.747448, 4.941817, 4.012261, 3.371561],
    gradients: [2.590076, 2.459176, 4.321209, 0.051968],
    steps: [12.5173, 7.156, 5.5242, 5.1426],
  },
  B: {
    patch: [0.92741, -7.54665, -1.7282, -4.16616],
    blocks: [384.4563, 388.4903, 393.9797, 402.9176],
    feature: [6, -1.00647, -0.04135, 0.44848, 0.79235],
    norms: [109.3892, 120.8619, 126.9534, 54.0008],
    last: [[-1.45099, 0.51689, -0.48529, -1.97887]],
    logits: 139.6691,
    greedy: [[65, 65, 65, 65]],
    decode: [-0.70523, 0.7865, -0.1919],
    losses: [6.798704, 4.833884, 3.68873, 2.811127],
    gradients: [2.384487, 2.265961, 4.195199, 0.078339],
    steps: [9.8536, 6.8148, 6.1618, 5.5811],
  },
  C: {
    patch: [-2.54196, 4.49622, 1.74025, -0.13583],
    blocks: [428.1844, 433.2171, 438.3709, 448.001],
    feature: [10, 0.72709, -4.9656, -2.47997, 4.23612],
    norms: [122.3185, 135.5008, 146.4869, 63.8028],
    last: [
      [-0.20094, -1.12426, 0.33197, -0.18254],
      [-0.53062, -1.07367, -1.19182, -1.08922],
    ],
    logits: 166.4948,
    greedy: [
      [95, 362, 63, 444],
      [403, 251, 403, 251],
    ],
    decode: [0.38471, -2.12656, 1.02697],
    losses: [6.453186, 4.776554, 3.845874, 3.196775],
    gradients: [1.835493, 1.681192, 2.937908, 0.071438],
    steps: [8.237, 5.7107, 4.5186, 4.1758],
  },
} as const;

function near(found: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expected.forEach((value, i) => {
    expect(Math.abs(found[i] - value), `entry ${i}: ${found[i]} against ${value}`).toBeLessThan(tolerance);
  });
}

function nearRelative(found: number, expected: number, tolerance: number): void {
  expect(Math.abs(found - expected) / expected, `${found} against ${expected}`).toBeLessThan(tolerance);
}

const norm = (x: Tensor) => x.norm().item();

/** Decoder states of a batch's real tokens, one after the other, before the final norm. */
function states(decoder: Decoder, of: QwenVL, batch: PreparedBatch): { hidden: Tensor; rows: number[] } {
  const { x, P } = of.embedPrompts(batch);
  const { hidden } = decoder.run(x, {
    extent: { B: batch.prompts.length, G: 1, R: P },
    ...decoder.promptAngles(
      batch.prompts.map(({ positions }) => positions),
      P,
    ),
    causal: decoder.causalMask(P, 0),
    padding: null,
  });
  const rows = batch.prompts.flatMap(({ ids }, b) => ids.map((_, i) => b * P + i));
  return { hidden, rows };
}

function realRows(x: Tensor, rows: number[]): Tensor {
  return x.indexSelect(0, tensor(rows, [rows.length], { dtype: "int64" }));
}

/** Mean of -log p(next token) over real neighbours whose second is not an image slot. */
function loss(of: QwenVL, batch: PreparedBatch): Tensor {
  const { hidden, rows } = states(of.decoder, of, batch);
  const predicting: number[] = [];
  const targets: number[] = [];
  let at = 0;
  for (const { ids } of batch.prompts) {
    ids.forEach((_, i) => {
      if (i + 1 < ids.length && ids[i + 1] !== 506) {
        predicting.push(rows[at + i]);
        targets.push(ids[i + 1]);
      }
    });
    at += ids.length;
  }
  const logits = of.logits(of.decoder.norm(realRows(hidden, predicting)));
  return logits
    .logSoftmax(-1)
    .gather(-1, tensor(targets, [targets.length, 1], { dtype: "int64" }))
    .mean()
    .neg();
}

describe.each(["A", "B", "C"] as const)("case %s of the reference page", (name: CaseName) => {
  const batch = goldenBatch(name);
  const expected = golden[name];

  test("vision states match", () => {
    noGrad(() =>
      scope(() => {
        const tower = model.vision!;
        const { index, windows, images } = windowOrder(batch.pixels.grids, 2, 4);
        const patches = tower.embedPatches(batch.pixels);
        near(patches.select(0, 0).data() as Float32Array, expected.patch, 1e-4);
        const angles = tower.angles(batch.pixels.grids, index);
        const found = [norm(patches)];
        let x = tower.toWindowOrder(patches, index);
        for (let i = 0; i < 4; i++) {
          x = tower.block(i, x, tower.segments(i % 2 === 1 ? images : windows, angles));
          if (i !== 2) found.push(norm(x));
        }
        found.forEach((value, i) => {
          nearRelative(value, expected.blocks[i], 1e-5);
        });
        const features = model.encodeImages(batch.pixels);
        const [row, ...values] = expected.feature;
        near(features.select(0, row).data() as Float32Array, values, 1e-4);
        nearRelative(norm(features), expected.norms[0], 1e-5);
      }),
    );
  });

  test("decoder states and logits match", () => {
    noGrad(() =>
      scope(() => {
        const oneLayer = new Decoder({ ...model.config.text, layers: 1 }, weights);
        const first = states(oneLayer, model, batch);
        nearRelative(norm(realRows(first.hidden, first.rows)), expected.norms[1], 1e-5);
        const { hidden, rows } = states(model.decoder, model, batch);
        const real = realRows(hidden, rows);
        nearRelative(norm(real), expected.norms[2], 1e-5);
        const normed = model.decoder.norm(real);
        nearRelative(norm(normed), expected.norms[3], 1e-5);
        nearRelative(norm(model.logits(normed)), expected.logits, 1e-5);
        const last = model.logits(model.prefill(batch).last);
        expected.last.forEach((values, b) => {
          near(last.select(0, b).data() as Float32Array, values, 5e-5);
        });
      }),
    );
  });

  test("cached decoding gives the same tokens", () => {
    noGrad(() =>
      scope(() => {
        const prompt = model.prefill(batch);
        const cache = new KeyCache();
        const B = batch.prompts.length;
        const ids = [model.logits(prompt.last).argmax(-1)];
        for (let step = 0; step < 3; step++) {
          const logits = model.logits(model.extend(prompt, ids[step].reshape([B, 1, 1]), cache)).reshape([B, -1]);
          if (step === 0) near(logits.select(0, 0).data() as Float32Array, expected.decode, 5e-5);
          ids.push(logits.argmax(-1));
        }
        cache.free();
        expected.greedy.forEach((tokens, b) => {
          expect(ids.map((step) => step.select(0, b).item())).toEqual(tokens);
        });
      }),
    );
  });

  test("loss and gradients match", () => {
    scope(() => {
      const value = loss(model, batch);
      nearRelative(value.item(), expected.losses[0], 1e-6);
      value.backward();
      const names = [
        "visual.patch_embed.proj.weight",
        "visual.merger.mlp.0.weight",
        "model.embed_tokens.weight",
        "model.layers.0.self_attn.k_proj.bias",
      ];
      names.forEach((weight, i) => {
        nearRelative(norm(weights.get(weight)!.grad!), expected.gradients[i], 1e-4);
      });
    });
    for (const weight of weights.values()) weight.grad = null;
  });
});

test.each(["A", "B", "C"] as const)("four AdamW steps on case %s follow the published losses", (name) => {
  const trained = goldenModel();
  const parameters = [...trained.parameters().values()];
  const optimizer = new AdamW(parameters, { lr: 1e-3, weightDecay: 0.01 });
  for (let step = 0; step < 4; step++) {
    scope(() => {
      const value = loss(trained, goldenBatch(name));
      expect(Math.abs(value.item() - golden[name].losses[step])).toBeLessThan(1e-4);
      value.backward();
      nearRelative(clipGradNorm(parameters, 1), golden[name].steps[step], 1e-3);
      optimizer.step();
      optimizer.zeroGrad();
    });
  }
  optimizer.free();
  trained.free();
});

test("two images in one call are each encoded as alone", () => {
  noGrad(() =>
    scope(() => {
      const batch = goldenBatch("C");
      const together = model.encodeImages(batch.pixels).data();
      const separate = [0, 1].map((b) => model.encodeImages(alone(batch, b).pixels).data());
      near(together as Float32Array, [...separate[0], ...separate[1]].map(Number), 1e-5);
    }),
  );
});

test("images of one size need no regrouping and give the same features", () => {
  noGrad(() =>
    scope(() => {
      const grids = [
        { height: 8, width: 8 },
        { height: 8, width: 8 },
        { height: 4, width: 8 },
      ];
      const data = goldenValues("pixels", 160 * 1176, 1.8);
      const uniform = model.encodeImages({ data: data.slice(0, 128 * 1176), columns: 1176, grids: grids.slice(0, 2) });
      const mixed = model.encodeImages({ data, columns: 1176, grids });
      near(mixed.data() as Float32Array, Array.from(uniform.data() as Float32Array), 1e-5);
    }),
  );
});

test("a prompt in a batch equals the prompt alone, whatever the padding", () => {
  noGrad(() =>
    scope(() => {
      const batch = goldenBatch("C");
      const together = model.prefill(batch);
      const ids = [5, 6, 7];
      const suffix = tensor([...ids, ...ids], [2, 1, 3], { dtype: "int64" });
      const extended = model.extend(together, suffix);
      for (const b of [0, 1]) {
        const single = model.prefill(alone(batch, b));
        near(together.last.select(0, b).data() as Float32Array, Array.from(single.last.data() as Float32Array), 2e-5);
        const one = model.extend(single, tensor(ids, [1, 1, 3], { dtype: "int64" }));
        near(extended.select(0, b).data() as Float32Array, Array.from(one.data() as Float32Array), 2e-5);
      }
    }),
  );
});

test("continuations of unequal length have the hidden states that they have when padded", () => {
  const ids = [
    [[10, 11, 12], [], [13]],
    [
      [14, 15],
      [16, 17],
      [18, 19, 20],
    ],
  ];
  const padded = ids.flatMap((group) => group.flatMap((one) => [...one, 7, 7, 7].slice(0, 3)));
  const places = ids.flat().flatMap((one, i) => one.map((_, t) => 3 * i + t));
  noGrad(() =>
    scope(() => {
      const prompt = model.prefill(goldenBatch("C"));
      const found = model.extendUnequal(prompt, ids);
      const all = model.extend(prompt, tensor(padded, [2, 3, 3], { dtype: "int64" })).reshape([18, -1]);
      const expected = all.indexSelect(0, tensor(places, [11], { dtype: "int64" }));
      expect(found.shape).toEqual(expected.shape);
      near(found.data() as Float32Array, Array.from(expected.data() as Float32Array), 1e-5);
    }),
  );
});

test("text alone needs no images, and a row without one may stand beside a row with one", () => {
  noGrad(() =>
    scope(() => {
      const mixed = batchOf(
        [
          [1, 2, 3],
          [4, 503, 506, 506, 504, 5],
        ],
        [{ height: 2, width: 4 }],
        (rows) => goldenValues("pixels", rows * 1176, 1.8),
      );
      const text = batchOf([[1, 2, 3]], [], () => new Float32Array(0));
      const [both, one] = [model.prefill(mixed), model.prefill(text)];
      near(both.last.select(0, 0).data() as Float32Array, Array.from(one.last.data() as Float32Array), 2e-5);
    }),
  );
});

test("decoding with a cache, in pieces of any size, equals the whole at once", () => {
  noGrad(() =>
    scope(() => {
      const prompt = model.prefill(goldenBatch("C"));
      const ids = Array.from({ length: 2 * 3 * 40 }, (_, i) => (i * 37) % 500);
      const all = tensor(ids, [2, 3, 40], { dtype: "int64" });
      const whole = model.extend(prompt, all).data() as Float32Array;
      const cache = new KeyCache();
      let from = 0;
      for (const size of [1, 5, 1, 20, 13]) {
        const piece = model.extend(prompt, all.narrow(2, from, size), cache);
        near(
          piece.data() as Float32Array,
          Array.from(tensor(whole, [2, 3, 40, 64]).narrow(2, from, size).data() as Float32Array),
          5e-5,
        );
        from += size;
      }
      cache.free();
    }),
  );
});

test("an untied head is its own matrix", () => {
  const untied = goldenModel({ tie_word_embeddings: false });
  expect(untied.parameters().has("lm_head.weight")).toBe(true);
  noGrad(() =>
    scope(() => {
      const batch = goldenBatch("A");
      const [tied, own] = [model, untied].map((of) => of.logits(of.prefill(batch).last).data() as Float32Array);
      expect(Math.abs(tied[0] - own[0])).toBeGreaterThan(1e-3);
    }),
  );
  untied.free();
});

test("a text-only Qwen2 runs and refuses images", () => {
  const text = goldenModel({ model_type: "qwen2", rope_scaling: null });
  noGrad(() =>
    scope(() => {
      const batch = batchOf([[1, 2, 3]], [], () => new Float32Array(0));
      near(
        text.prefill(batch).last.data() as Float32Array,
        Array.from(model.prefill(batch).last.data() as Float32Array),
        1e-5,
      );
      expect(() => text.encodeImages(goldenBatch("A").pixels)).toThrow("text-only model");
    }),
  );
  text.free();
});

test("a pass leaves no tensors behind but what it returns", () => {
  const before = liveTensors();
  scope(() => {
    const prompt = model.prefill(goldenBatch("C"));
    expect(liveTensors() - before).toBe(2 * prompt.layers.length + 2);
    model.extend(prompt, tensor([1, 2], [2, 1, 1], { dtype: "int64" }));
  });
  expect(liveTensors()).toBe(before);
});
