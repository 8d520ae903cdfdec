import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Image } from "@ssl4rl/core";
import { liveTensors, noGrad, readSafetensors, scope, type Tensor, tensor, writeSafetensors } from "@ssl4rl/torch";
import { afterAll, describe, expect, test } from "vitest";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint-folder.js";
import { goldenValues } from "./golden.js";
import { goldenBatch, goldenModel } from "./golden-model.js";
import { completionLogprobs } from "./logprobs.js";
import { decoderLinears, type Lora, linearModules, newLora } from "./lora.js";
import { loadLora, saveLora } from "./lora-folder.js";
import { QwenVL } from "./qwen2_5_vl.js";
import { sampleTokens } from "./sample.js";

const root = mkdtempSync(join(tmpdir(), "ssl4rl-lora-"));
afterAll(() => rmSync(root, { recursive: true }));

const base = goldenModel();
const batch = goldenBatch("C");
const everywhere = ".*";

/** An adapter as training leaves it: B is not zero. */
function trained(model: QwenVL, targets = everywhere): Lora {
  const lora = newLora(model, { rank: 3, alpha: 5, targets, seed: 1 });
  for (const [module, { b }] of lora.adapters) {
    scope(() => noGrad(() => void b.copy_(tensor(goldenValues(module, b.size, 0.1), b.shape))));
  }
  return lora;
}

const ids = [
  [[4, 5, 6, 502], [7]],
  [
    [10, 502],
    [11, 12, 13],
  ],
];

/** Log-probabilities through the shared prompt, as one number in which no two weigh alike. */
function objective(model: QwenVL): Tensor {
  const { logprobs } = completionLogprobs(model, model.prefill(batch), ids, 0.9);
  return logprobs.mul(tensor(goldenValues("weigh", logprobs.size, 1), logprobs.shape)).sum();
}

const logits = (model: QwenVL) =>
  noGrad(() => scope(() => model.logits(model.prefill(batch).last).data())) as Float32Array;

function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
}

/** Runs `fn` with an adapted model whose weights are its own, and frees both. */
function adapted<T>(targets: string, fn: (model: QwenVL, lora: Lora, plain: QwenVL) => T): T {
  const plain = goldenModel();
  const lora = trained(plain, targets);
  const model = plain.withLora(lora);
  try {
    return fn(model, lora, plain);
  } finally {
    model.free();
  }
}

describe("an adapter", () => {
  test("changes nothing at first, and the same seed draws the same numbers", () => {
    const plain = goldenModel();
    const options = { rank: 4, alpha: 8, targets: everywhere, seed: 3 };
    const [one, same, other] = [options, options, { ...options, seed: 4 }].map((each) => newLora(plain, each));
    expect(logits(plain.withLora(one))).toEqual(logits(base));
    const [a] = [...one.adapters.values()].map(({ a }) => a.data() as Float32Array);
    expect([...same.adapters.values()][0].a.data()).toEqual(a);
    expect([...other.adapters.values()][0].a.data()).not.toEqual(a);
    // Kaiming's bound at a = √5: 1 / √in, of which 256 uniform numbers come near.
    expect(Math.max(...a.map(Math.abs))).toBeLessThanOrEqual(1 / 8);
    expect(Math.max(...a.map(Math.abs))).toBeGreaterThan(0.95 / 8);
    for (const lora of [one, same, other]) lora.free();
    plain.free();
  });

  test("has the gradients of W + (alpha / rank) · B·A written out, through tower, shared prompt and completions", () => {
    adapted(everywhere, (model, lora) => {
      expect(lora.adapters.size).toBe(linearModules(model.config).size);
      scope(() => objective(model).backward());
      const found = new Map([...model.parameters()].map(([name, { grad }]) => [name, grad!.data() as Float32Array]));
      expect([...found.keys()]).toEqual([...lora.parameters().keys()]);
      for (const factor of lora.parameters().values()) factor.grad = null;

      scope(() => {
        const merged = new Map(model.weights);
        for (const [module, { a, b }] of lora.adapters) {
          const name = `${module}.weight`;
          merged.set(name, merged.get(name)!.add(b.matmul(a), 5 / 3));
        }
        objective(new QwenVL(model.config, merged)).backward();
      });
      for (const [name, factor] of lora.parameters()) {
        const expected = factor.grad!.data() as Float32Array;
        const size = Math.max(...expected.map(Math.abs));
        expect(size, name).toBeGreaterThan(0);
        expect(apart(found.get(name)!, expected) / size, name).toBeLessThan(1e-4);
      }
    });
  });

  test("leaves the weights without gradients, and is not there for the model without it", () => {
    adapted(decoderLinears, (model, lora, plain) => {
      scope(() => objective(model).backward());
      for (const [name, weight] of plain.weights) expect(weight.grad, name).toBeNull();
      expect(apart(logits(model), logits(base))).toBeGreaterThan(0.1);
      expect(logits(model.withLora(null))).toEqual(logits(base));
      expect([...model.parameters().keys()]).toEqual([...lora.parameters().keys()]);
    });
  });

  test("merged into the weights computes the same: logits, log-probabilities, greedy tokens", () => {
    const greedy = (model: QwenVL) =>
      noGrad(() =>
        scope(() =>
          sampleTokens(
            model,
            model.prefill(batch),
            { each: 1, maxNewTokens: 12, temperature: 0, seed: 0 },
            { stop: [], banned: [] },
          ),
        ),
      );
    adapted(everywhere, (model, lora, plain) => {
      const before = { logits: logits(model), value: noGrad(() => scope(() => objective(model).item())) };
      const tokens = greedy(model).ids;
      lora.mergeInto(plain);
      expect(apart(logits(plain), before.logits)).toBeLessThan(1e-5);
      expect(noGrad(() => scope(() => objective(plain).item()))).toBeCloseTo(before.value, 4);
      expect(greedy(plain).ids).toEqual(tokens);
      expect(greedy(base).ids).not.toEqual(tokens);
    });
  });

  test("by default adapts every linear layer of the decoder and none of the vision tower with the same last names", () => {
    const modules = (model: QwenVL, targets: string) => {
      const lora = newLora(model, { rank: 1, alpha: 1, targets, seed: 0 });
      lora.free();
      return [...lora.adapters.keys()];
    };
    const text = goldenModel({ model_type: "qwen2", rope_scaling: null });
    const decoder = modules(base, decoderLinears);
    expect(decoder).toHaveLength(2 * 7);
    expect(decoder.every((module) => module.startsWith("model.layers."))).toBe(true);
    expect(modules(text, decoderLinears)).toEqual(decoder);
    expect(modules(base, String.raw`model\.visual\.blocks\.\d+\.mlp\.up_proj`)).toEqual(
      [0, 1, 2, 3].map((i) => `visual.blocks.${i}.mlp.up_proj`),
    );
    text.free();
  });

  test("with targets that match nothing is refused with paths that exist", () => {
    // A last name alone is not a whole path.
    expect(() => newLora(base, { rank: 1, alpha: 1, targets: "q_proj", seed: 0 })).toThrow(
      /targets "q_proj" match none of this model's 36 linear modules.*model\.language_model\.layers\.0\.self_attn\.q_proj/,
    );
  });

  test("works in bfloat16 with factors in float32", () => {
    const folder = fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url));
    const checkpoint = loadCheckpoint(folder, { dtype: "bfloat16" });
    const lora = trained(checkpoint.model, decoderLinears);
    const policy = checkpoint.withLora(lora);
    scope(() => {
      const prompt = policy.prefill(policy.prepare([{ text: "Which?", images: [] }]));
      const { logprobs } = policy.logprobs(prompt, { ids: [[[5, 6], [7]]] }, { temperature: 1 });
      logprobs.sum().backward();
      const before = logprobs.data() as Float32Array;
      for (const [name, { grad }] of lora.parameters()) expect(grad?.dtype, name).toBe("float32");
      lora.mergeInto(checkpoint.model);
      noGrad(() => {
        const merged = checkpoint.prefill(checkpoint.prepare([{ text: "Which?", images: [] }]));
        const after = checkpoint.logprobs(merged, { ids: [[[5, 6], [7]]] }, { temperature: 1 }).logprobs;
        expect(apart(after.data() as Float32Array, before)).toBeLessThan(0.1);
      });
    });
    policy.free();
  });
});

describe("a frozen vision tower", () => {
  test("gets no gradients and keeps no graph; those of the decoder stay what they were", () => {
    const free = goldenModel();
    scope(() => objective(free).backward());
    const frozen = goldenModel();
    frozen.freezeVision();
    scope(() => {
      expect(frozen.encodeImages(batch.pixels).requiresGrad).toBe(false);
      objective(frozen).backward();
    });
    for (const [name, weight] of free.weights) {
      const own = frozen.weights.get(name)!;
      expect(frozen.parameters().has(name)).toBe(!name.startsWith("visual."));
      if (name.startsWith("visual.")) expect(own.grad, name).toBeNull();
      else expect(own.grad!.data(), name).toEqual(weight.grad!.data());
    }
    free.free();
    frozen.free();
  });
});

describe("an adapter's folder", () => {
  const folder = join(root, "adapter");
  const adapter = trained(base, String.raw`model\.(language_model\.layers\.1\..+|visual\.merger\.mlp\.0)`);
  saveLora(folder, new QwenVL(base.config, base.weights, adapter), "golden");

  test("has PEFT's names and reads back equal", () => {
    const { names } = readSafetensors(join(folder, "adapter_model.safetensors"));
    expect(names).toContain("base_model.model.model.language_model.layers.1.mlp.up_proj.lora_A.weight");
    expect(names).toContain("base_model.model.model.visual.merger.mlp.0.lora_B.weight");
    const read = loadLora(folder, base);
    expect([read.rank, read.alpha]).toEqual([3, 5]);
    expect([...read.parameters().keys()]).toEqual([...adapter.parameters().keys()]);
    for (const [name, factor] of read.parameters()) {
      expect(factor.data(), name).toEqual(adapter.parameters().get(name)!.data());
      expect(factor.requiresGrad).toBe(true);
    }
    read.free();
  });

  /** A copy of the folder, its configuration and tensors changed. */
  function variant(config: object, change: (tensors: Map<string, Tensor>) => void = () => {}): string {
    const place = mkdtempSync(join(root, "variant-"));
    const file = "adapter_config.json";
    const own = JSON.parse(readFileSync(join(folder, file), "utf8"));
    writeFileSync(join(place, file), JSON.stringify({ ...own, ...config }));
    scope(() => {
      const tensors = new Map([...readSafetensors(join(folder, "adapter_model.safetensors"))]);
      change(tensors);
      writeSafetensors(join(place, "adapter_model.safetensors"), tensors);
    });
    return place;
  }

  test.each<[string, object, RegExp]>([
    ["DoRA", { use_dora: true }, /use_dora must be absent, false or null, got true/],
    ["rank-stabilised scaling", { use_rslora: true }, /use_rslora must be absent, false or null, got true/],
    ["biases", { bias: "lora_only" }, /bias must be "none", got "lora_only"/],
    ["whole modules", { modules_to_save: ["lm_head"] }, /modules_to_save must be .*, got \["lm_head"\]/],
    ["ranks of their own", { rank_pattern: { q_proj: 8 } }, /rank_pattern must be .*, got \{"q_proj":8\}/],
    ["a start that changes the weights", { init_lora_weights: "pissa" }, /init_lora_weights must be .*, got "pissa"/],
    ["another method", { peft_type: "IA3" }, /peft_type must be "LORA", got "IA3"/],
    ["what PEFT may learn tomorrow", { use_newlora: { x: 1 } }, /use_newlora must be .*merge_and_unload/],
    ["no rank", { r: null }, /adapter_config\.json: r must be a number/],
    [
      "another rank",
      { r: 8 },
      /lora_A\.weight must have shape \[8,64\] \(r is 8 in adapter_config\.json\), found \[3,64\]/,
    ],
  ])("with %s is refused", (_, config, message) => {
    const before = liveTensors();
    expect(() => loadLora(variant(config), base)).toThrow(message);
    expect(liveTensors()).toBe(before);
  });

  test("of another model, or with tensors missing, is refused, and nothing stays in memory", () => {
    const before = liveTensors();
    const small = goldenModel({ num_hidden_layers: 1 });
    expect(() => loadLora(folder, small)).toThrow(
      /adapts model\.layers\.1\.[a-z_.]+, which is no linear module of this model\. Was the adapter made for another model/,
    );
    small.free();
    const name = "base_model.model.model.language_model.layers.1.mlp.up_proj.lora_B.weight";
    expect(() =>
      loadLora(
        variant({}, (tensors) => void tensors.delete(name)),
        base,
      ),
    ).toThrow(/model\.language_model\.layers\.1\.mlp\.up_proj has no lora_B\.weight/);
    const dora = name.replace("lora_B.weight", "lora_magnitude_vector");
    expect(() =>
      loadLora(
        variant({}, (tensors) => void tensors.set(dora, tensor([1]))),
        base,
      ),
    ).toThrow(/lora_magnitude_vector is no factor of a linear module/);
    expect(() =>
      loadLora(
        variant({}, (tensors) => tensors.clear()),
        base,
      ),
    ).toThrow(/holds no tensors/);
    expect(() => loadLora(root, base)).toThrow(/no adapter_config\.json there/);
    expect(liveTensors()).toBe(before);
  });
});

describe("an adapter that PEFT 0.21.2 saved (scripts/peers/check_peft.py)", () => {
  const fixture = fileURLToPath(new URL("../fixtures/peft-lora", import.meta.url));
  const checkpoint = loadCheckpoint(fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url)));
  /** What PEFT computed: the first logits behind the prompt, and log-probabilities of a completion. */
  const theirs = {
    logits: [-2.8577311, -2.6514134, -3.0964966, -2.8128197, -2.5505009, -2.6838849],
    logprobs: [-11.3212051, -4.4069462, -10.6449013, -9.9854298, -10.7617645],
  };

  function compare(folder: string): void {
    const data = new Uint8Array(112 * 84 * 3);
    for (let i = 0; i < data.length; i++) data[i] = 128 + 100 * Math.sin(i / 700) * Math.cos((i % 252) / 40);
    const asked = [{ text: "How was the image turned?", images: [new Image(84, 112, data)] }];
    const lora = loadLora(folder, checkpoint.model);
    const model = checkpoint.withLora(lora);
    noGrad(() =>
      scope(() => {
        const prompt = model.prefill(model.prepare(asked));
        const found = model.model.logits(prompt.last).data() as Float32Array;
        expect(apart(found.subarray(0, 6), theirs.logits)).toBeLessThan(1e-4);
        const { logprobs } = model.logprobs(prompt, { ids: [[[5, 17, 301, 42, 9]]] }, { temperature: 1 });
        expect(apart(logprobs.data() as Float32Array, theirs.logprobs)).toBeLessThan(1e-4);
      }),
    );
    lora.free();
  }

  test("computes what it does in PEFT", () => compare(fixture));

  test("is also read under the names of transformers before 4.52", () => {
    const old = join(root, "old-names");
    const read = readSafetensors(join(fixture, "adapter_model.safetensors"));
    saveCheckpoint(old, checkpoint);
    copyFileSync(join(fixture, "adapter_config.json"), join(old, "adapter_config.json"));
    const renamed = [...read].map(([name, factor]): [string, Tensor] => [
      name.replace("model.model.visual.", "model.visual.").replace("model.language_model.", "model."),
      factor,
    ]);
    expect(renamed.map(([name]) => name)).toContain("base_model.model.visual.blocks.0.attn.proj.lora_A.weight");
    writeSafetensors(join(old, "adapter_model.safetensors"), renamed);
    read.close();
    compare(old);
  });
});

test("a checkpoint with an adapter is not saved as if it had none", () => {
  const checkpoint = loadCheckpoint(fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url)));
  const policy = checkpoint.withLora(trained(checkpoint.model, decoderLinears));
  expect(() => saveCheckpoint(join(root, "whole"), policy)).toThrow(/Merge it/);
  policy.free();
});
