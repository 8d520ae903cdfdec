import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Image } from "@ssl4rl/core";
import {
  cudaAvailable,
  liveTensors,
  noGrad,
  ones,
  readSafetensors,
  scope,
  setThreads,
  type Tensor,
  tensor,
  writeSafetensors,
} from "@ssl4rl/torch";
import { afterAll, describe, expect, test } from "vitest";
import { trainByteBpe } from "./byte-bpe.js";
import type { Checkpoint } from "./checkpoint.js";
import { createCheckpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint-folder.js";
import { goldenImage } from "./golden.js";

setThreads(1);
const root = mkdtempSync(join(tmpdir(), "ssl4rl-models-"));
afterAll(() => rmSync(root, { recursive: true }));

const tokenizer = trainByteBpe(["How was the image turned?", "How was the image turned? Answer 1, 2 or 3."], 300, [
  "<answer>",
  "</answer>",
]);

function create(tied = true): Checkpoint {
  return createCheckpoint({
    text: {
      hiddenSize: 32,
      intermediateSize: 48,
      layers: 2,
      heads: 4,
      kvHeads: 2,
      headDim: 8,
      rmsNormEps: 1e-6,
      ropeTheta: 1e6,
      mropeSection: [2, 1, 1],
    },
    vision: {
      depth: 2,
      hiddenSize: 16,
      intermediateSize: 24,
      heads: 2,
      outHiddenSize: 32,
      patchSize: 14,
      temporalPatchSize: 2,
      mergeSize: 2,
      windowSize: 112,
      inChannels: 3,
      fullAttentionBlocks: [1],
    },
    tied,
    tokenizer,
    limits: { minPixels: 784, maxPixels: 12544 },
    seed: 1,
  });
}

const inputs = [
  { text: "How was the image turned?", images: [goldenImage(56, 56), goldenImage(40, 90)] },
  { text: "Answer <|im_end|> 1.", images: [goldenImage(28, 28)] },
];

function lastLogits(checkpoint: Checkpoint): Float32Array {
  return noGrad(() =>
    scope(() => checkpoint.model.logits(checkpoint.prefill(checkpoint.prepare(inputs)).last).data()),
  ) as Float32Array;
}

const made = create();
const folder = join(root, "tiny");
saveCheckpoint(folder, made);

describe("a folder", () => {
  test("loads back equal to what was saved", () => {
    const loaded = loadCheckpoint(folder);
    expect([...loaded.model.parameters().keys()]).toEqual([...made.model.parameters().keys()]);
    for (const [name, weight] of loaded.model.parameters()) {
      expect(weight.data(), name).toEqual(made.model.parameters().get(name)!.data());
      expect(weight.requiresGrad).toBe(true);
    }
    expect(lastLogits(loaded)).toEqual(lastLogits(made));
    expect(loaded.stopTokens).toEqual(made.stopTokens);
    expect(loaded.files).toEqual(made.files);
    loaded.free();
  });

  test("holds the names of save_pretrained, without a tied head, and no half-written rest beside it", () => {
    const { names, metadata } = readSafetensors(join(folder, "model.safetensors"));
    expect(names).toContain("model.layers.1.self_attn.k_proj.bias");
    expect(names).toContain("visual.merger.mlp.2.weight");
    expect(names).not.toContain("lm_head.weight");
    expect(metadata).toEqual({ format: "pt" });
    expect(readdirSync(root)).toEqual(["tiny"]);
    expect(JSON.parse(readFileSync(join(folder, "config.json"), "utf8"))).toMatchObject({ torch_dtype: "float32" });
  });

  test("says the kind of its weights wherever its config.json does", () => {
    const place = variant((_, to) => {
      const { vision_config, torch_dtype, ...config } = JSON.parse(readFileSync(join(to, "config.json"), "utf8"));
      const nested = { ...config, dtype: "bfloat16", text_config: { ...config, dtype: "bfloat16" } };
      writeFileSync(join(to, "config.json"), JSON.stringify({ ...nested, vision_config }));
    });
    const loaded = loadCheckpoint(place);
    saveCheckpoint(place, loaded);
    loaded.free();
    const saved = JSON.parse(readFileSync(join(place, "config.json"), "utf8"));
    expect([saved.dtype, saved.text_config.dtype]).toEqual(["float32", "float32"]);
    expect(saved.vision_config).not.toHaveProperty("dtype");
  });

  test("of transformers 5 has the image processor in processor_config.json", () => {
    const place = variant((_, to) => {
      const own = readFileSync(join(to, "preprocessor_config.json"), "utf8");
      const { min_pixels, max_pixels, ...rest } = JSON.parse(own);
      const image_processor = { ...rest, size: { shortest_edge: min_pixels, longest_edge: max_pixels } };
      writeFileSync(join(to, "processor_config.json"), JSON.stringify({ image_processor }));
      rmSync(join(to, "preprocessor_config.json"));
    });
    const loaded = loadCheckpoint(place);
    expect(loaded.processor!.spec).toEqual(made.processor!.spec);
    saveCheckpoint(place, loaded);
    expect(readdirSync(place)).toContain("processor_config.json");
    loaded.free();
  });

  test("is replaced by a later save", () => {
    const place = join(root, "again");
    const other = create(false);
    saveCheckpoint(place, other);
    saveCheckpoint(place, made);
    const loaded = loadCheckpoint(place);
    expect(loaded.config.tied).toBe(true);
    loaded.free();
    saveCheckpoint(place, other);
    const untied = loadCheckpoint(place);
    expect(untied.model.parameters().has("lm_head.weight")).toBe(true);
    expect(lastLogits(untied)).toEqual(lastLogits(other));
    untied.free();
    other.free();
    rmSync(place, { recursive: true });
  });

  test("loads in bfloat16 with logits near those of float32", () => {
    const half = loadCheckpoint(folder, { dtype: "bfloat16" });
    const found = lastLogits(half);
    lastLogits(made).forEach((value, i) => {
      expect(Math.abs(value - found[i])).toBeLessThan(0.02);
    });
    half.free();
  });
});

/** A copy of the folder with changed weights. */
function variant(change: (weights: Map<string, Tensor>, place: string) => void): string {
  const place = mkdtempSync(join(root, "variant-"));
  for (const name of readdirSync(folder)) {
    if (name !== "model.safetensors") copyFileSync(join(folder, name), join(place, name));
  }
  scope(() => {
    const weights = new Map([...readSafetensors(join(folder, "model.safetensors"))]);
    change(weights, place);
    if (weights.size > 0) writeSafetensors(join(place, "model.safetensors"), weights, { format: "pt" });
  });
  return place;
}

const newName = (name: string) =>
  name.startsWith("visual.") ? `model.${name}` : name.replace(/^model\./, "model.language_model.");

describe("weights", () => {
  test("are found under the names of transformers 4.52 and later", () => {
    const place = variant((weights) => {
      for (const [name, weight] of [...weights]) {
        weights.delete(name);
        weights.set(newName(name), weight);
      }
    });
    const loaded = loadCheckpoint(place);
    expect(lastLogits(loaded)).toEqual(lastLogits(made));
    loaded.free();
  });

  test("too many for one file are written in shards with an index, and found there", () => {
    const place = join(root, "sharded");
    saveCheckpoint(place, made, { shardBytes: 20_000 });
    const index = JSON.parse(readFileSync(join(place, "model.safetensors.index.json"), "utf8"));
    const whole = readSafetensors(join(folder, "model.safetensors"));
    expect(Object.keys(index.weight_map)).toEqual([...whole.names].sort());
    const parameters = [...made.model.parameters().values()].reduce((sum, weight) => sum + weight.size, 0);
    expect(index.metadata).toEqual({ total_parameters: parameters, total_size: 4 * parameters });
    const shards = readdirSync(place).filter((name) => name.endsWith(".safetensors"));
    expect(shards.length).toBeGreaterThan(2);
    shards.forEach((shard, i) => {
      const number = (n: number) => String(n).padStart(5, "0");
      expect(shard).toBe(`model-${number(i + 1)}-of-${number(shards.length)}.safetensors`);
      const { names } = readSafetensors(join(place, shard));
      expect(names.every((name) => index.weight_map[name] === shard)).toBe(true);
      const bytes = names.map((name) => made.model.parameters().get(name)!.bytes).reduce((sum, one) => sum + one);
      expect(names.length === 1 || bytes <= 20_000).toBe(true);
    });
    const loaded = loadCheckpoint(place);
    expect(lastLogits(loaded)).toEqual(lastLogits(made));
    loaded.free();

    // As the hub's cache has it: every file is a link.
    const linked = join(root, "linked");
    mkdirSync(linked);
    for (const name of readdirSync(place)) symlinkSync(join("..", "sharded", name), join(linked, name));
    const through = loadCheckpoint(linked);
    expect(lastLogits(through)).toEqual(lastLogits(made));
    through.free();

    rmSync(join(place, shards[1]));
    for (const broken of [place, linked]) {
      const before = liveTensors();
      expect(() => loadCheckpoint(broken)).toThrow(
        `${broken}: ${shards[1]} is missing, though model.safetensors.index.json names it.`,
      );
      expect(liveTensors()).toBe(before);
    }
  });

  test.each([
    [
      "a tensor that its shard lacks",
      (map: Record<string, string>) => ({ ...map, "model.norm.weight": map["model.embed_tokens.weight"] }),
      /model-00001-of-\d+\.safetensors: tensor model\.norm\.weight is missing, though model\.safetensors\.index\.json puts it there/,
    ],
    [
      "a file elsewhere",
      (map: Record<string, string>) => ({ ...map, "model.norm.weight": "../model.safetensors" }),
      /index\.json: model\.norm\.weight must be in a file beside it, got "\.\.\/model\.safetensors"/,
    ],
    ["no files", () => 3, /index\.json: weight_map must be an object, got 3/],
  ])("are not looked for where the index names %s", (_, change, message) => {
    const place = mkdtempSync(join(root, "index-"));
    saveCheckpoint(place, made, { shardBytes: 20_000 });
    const file = join(place, "model.safetensors.index.json");
    const index = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...index, weight_map: change(index.weight_map) }));
    expect(() => loadCheckpoint(place)).toThrow(message);
  });

  test.each([
    [
      "missing",
      (weights: Map<string, Tensor>) => void weights.delete("visual.blocks.0.norm1.weight"),
      /tensor visual\.blocks\.0\.norm1\.weight \[16\] is missing/,
    ],
    [
      "misshapen",
      (weights: Map<string, Tensor>) => void weights.set("model.norm.weight", tensor([1, 2, 3])),
      /model\.safetensors: tensor model\.norm\.weight must have shape \[32\], found \[3\]/,
    ],
    [
      "surplus",
      (weights: Map<string, Tensor>) => void weights.set("visual.pos_embed.weight", tensor([1])),
      /holds 1 tensors that this model has no place for: \["visual\.pos_embed\.weight"\]/,
    ],
    [
      "there under both names",
      (weights: Map<string, Tensor>) => void weights.set("model.language_model.norm.weight", ones([32])),
      /: model\.(language_model\.)?norm\.weight is the tensor that model\.(language_model\.)?norm\.weight is too/,
    ],
    [
      "whole numbers",
      (weights: Map<string, Tensor>) => void weights.set("model.norm.weight", ones([32], { dtype: "uint8" })),
      /tensor model\.norm\.weight holds uint8\. Only floating-point weights are read/,
    ],
    [
      "NaN",
      (weights: Map<string, Tensor>) => void weights.get("visual.merger.mlp.2.bias")!.fill_(Number.NaN),
      /model\.safetensors: tensor "visual\.merger\.mlp\.2\.bias" holds NaN/,
    ],
  ])("that are %s are named, and nothing stays in memory", (_, change, message) => {
    const place = variant(change);
    const before = liveTensors();
    expect(() => loadCheckpoint(place)).toThrow(message);
    expect(liveTensors()).toBe(before);
  });

  test("without a head make a tied model, whatever the config says; a head beside a tied config is passed over", () => {
    const untied = variant((_, place) => {
      const config = JSON.parse(readFileSync(join(place, "config.json"), "utf8"));
      writeFileSync(join(place, "config.json"), JSON.stringify({ ...config, tie_word_embeddings: false }));
    });
    const extra = variant((weights) => void weights.set("lm_head.weight", tensor([1])));
    for (const place of [untied, extra]) {
      const loaded = loadCheckpoint(place);
      expect(loaded.config.tied).toBe(true);
      expect(lastLogits(loaded)).toEqual(lastLogits(made));
      loaded.free();
    }
  });
});

test.skipIf(cudaAvailable())("a CUDA device that is not there is named before anything is read", () => {
  expect(() => loadCheckpoint(folder, { device: "cuda" })).toThrow(
    /device cuda: libtorch .* finds no CUDA device here/,
  );
});

describe("a broken folder is refused", () => {
  const without = (name: string) => {
    const place = variant(() => {});
    rmSync(join(place, name));
    return place;
  };
  test.each([
    ["config.json", /no config\.json there/],
    ["tokenizer.json", /no tokenizer\.json there/],
    ["preprocessor_config.json", /no preprocessor_config\.json there/],
    ["model.safetensors", /neither model\.safetensors nor model\.safetensors\.index\.json there/],
  ])("without %s", (name, message) => {
    expect(() => loadCheckpoint(without(name))).toThrow(message);
  });

  test("with a tokenizer of another model", () => {
    const place = variant((_, to) => {
      const config = JSON.parse(readFileSync(join(to, "config.json"), "utf8"));
      writeFileSync(join(to, "config.json"), JSON.stringify({ ...config, image_token_id: 5 }));
    });
    expect(() => loadCheckpoint(place)).toThrow(/image_token_id in config\.json is 5, but <\|image_pad\|> in/);
  });

  test("with more tokens than the embedding has rows", () => {
    const place = variant((_, to) => {
      const config = JSON.parse(readFileSync(join(to, "config.json"), "utf8"));
      writeFileSync(join(to, "config.json"), JSON.stringify({ ...config, vocab_size: 100 }));
    });
    expect(() => loadCheckpoint(place)).toThrow(/tokenizer\.json has ids up to 283, config\.json a vocab_size of 100/);
  });

  test("cut off in the middle of the weights", () => {
    const place = variant(() => {});
    const file = join(place, "model.safetensors");
    writeFileSync(file, readFileSync(file).subarray(0, 9000));
    expect(() => loadCheckpoint(place)).toThrow(
      /model\.safetensors: tensor ".*" ends at byte \d+, but the file has 9000: it was cut off/,
    );
  });

  test("with weights in 8 bits", () => {
    const place = variant(() => {});
    const file = join(place, "model.safetensors");
    writeFileSync(file, readFileSync(file).toString("latin1").replace('"F32"', '"F8"  '.slice(0, 5)), "latin1");
    const before = liveTensors();
    expect(() => loadCheckpoint(place)).toThrow(/model\.safetensors: tensor ".*" has dtype F8/);
    expect(liveTensors()).toBe(before);
  });
});

describe("a GRPO step", () => {
  test("computes each prompt once: prefill, sample from it, then log-probabilities through the same graph", () => {
    const before = liveTensors();
    scope(() => {
      const prompt = made.prefill(made.prepare(inputs));
      const completions = made.sample(prompt, { each: 4, maxNewTokens: 5, temperature: 1, seed: 3 });
      expect(completions.text.map((group) => group.length)).toEqual([4, 4]);
      const { logprobs, mask, entropy } = made.logprobs(prompt, completions, { temperature: 1 });
      expect(entropy.shape).toEqual(mask.shape);
      const found = logprobs.tolist() as number[][][];
      completions.logprobs.forEach((group, b) => {
        group.forEach((logs, g) => {
          logs.forEach((value, t) => {
            expect(value).toBeCloseTo(found[b][g][t], 4);
          });
        });
      });
      logprobs.mul(mask).sum().neg().backward();
    });
    for (const [name, weight] of made.model.parameters()) {
      expect(weight.grad, name).not.toBeNull();
      weight.grad = null;
    }
    expect(liveTensors()).toBe(before);
  });

  test("never draws vision tokens", () => {
    const drawn = noGrad(() =>
      scope(() =>
        made.sample(made.prefill(made.prepare(inputs)), { each: 200, maxNewTokens: 4, temperature: 5, seed: 0 }),
      ),
    );
    const banned = new Set(made.tokenizer.visionTokens);
    expect(drawn.ids.flat(2).some((id) => banned.has(id))).toBe(false);
  });

  test("prepares prompts with the template, image slots and sanitised text", () => {
    const { prompts, pixels } = made.prepare(inputs);
    expect(pixels.grids).toEqual([
      { height: 4, width: 4 },
      { height: 2, width: 6 },
      { height: 2, width: 2 },
    ]);
    const slots = prompts.map(({ ids }) => ids.filter((id) => id === made.config.imageTokenId).length);
    expect(slots).toEqual([7, 1]);
    const ends = prompts[1].ids.filter((id) => id === made.tokenizer.id("<|im_end|>"));
    expect(ends).toHaveLength(2);
  });

  test("the same seed makes the same checkpoint", () => {
    const twin = create();
    expect(lastLogits(twin)).toEqual(lastLogits(made));
    twin.free();
  });

  test("an image that is too narrow is refused with its size", () => {
    const strip = new Image(1, 5000, new Uint8Array(15_000));
    expect(() => made.prepare([{ text: "?", images: [strip] }])).toThrow("1x5000 pixels is too narrow");
  });

  test("a prompt that fills the context is refused, be it text or images", () => {
    const place = variant((_, to) => {
      const config = JSON.parse(readFileSync(join(to, "config.json"), "utf8"));
      writeFileSync(join(to, "config.json"), JSON.stringify({ ...config, max_position_embeddings: 1000 }));
    });
    const small = loadCheckpoint(place);
    const image = goldenImage(112, 112);
    const many = { text: "?", images: Array.from({ length: 200 }, () => image) };
    expect(() => small.prepare([inputs[0], many])).toThrow(
      /A prompt of \d+ tokens, 3200 of them for 200 images, leaves no room .* context of 1000 \(max_position_embeddings/,
    );
    expect(() => small.prepare([{ text: "1 ".repeat(1000), images: [] }])).toThrow(/tokens, 0 of them for 0 images/);
    expect(small.prepare([{ text: "?", images: many.images.slice(0, 50) }]).pixels.grids).toHaveLength(50);
    small.free();
  });
});

describe("a text-only Qwen2", () => {
  test("is made from scratch as an ordinary folder, without anything of pictures", () => {
    const { text, tied } = create().config;
    const made = createCheckpoint({ text, vision: null, tied, tokenizer, seed: 1 });
    expect([...made.files.keys()]).not.toContain("preprocessor_config.json");
    expect(made.config.raw).toMatchObject({ architectures: ["Qwen2ForCausalLM"], model_type: "qwen2" });
    expect(Object.keys(made.config.raw).filter((key) => /vision|image|video|rope_scaling/.test(key))).toEqual([]);
    const place = join(root, "text-made");
    saveCheckpoint(place, made);
    const again = loadCheckpoint(place);
    const logprobs = (checkpoint: Checkpoint) =>
      scope(() => {
        const prompt = checkpoint.prefill(checkpoint.prepare([{ text: "How?", images: [] }]));
        return checkpoint.logprobs(prompt, { ids: [[[1, 2, 3]]] }, { temperature: 1 }).logprobs.tolist();
      });
    expect(logprobs(again)).toEqual(logprobs(made));
    made.free();
    again.free();
  });

  /** The tiny decoder as Qwen2ForCausalLM, with a tokenizer that knows no vision tokens and the template of Qwen2. */
  function textFolder(): string {
    const place = variant((weights) => {
      for (const name of [...weights.keys()]) if (name.startsWith("visual.")) weights.delete(name);
    });
    const read = (name: string) => JSON.parse(readFileSync(join(place, name), "utf8"));
    const write = (name: string, value: unknown) => writeFileSync(join(place, name), JSON.stringify(value));
    const { vision_config, image_token_id, video_token_id, rope_scaling, ...language } = read("config.json");
    write("config.json", { ...language, architectures: ["Qwen2ForCausalLM"], model_type: "qwen2" });
    const { added_tokens, ...rest } = read("tokenizer.json");
    const known = added_tokens.filter(({ content }: { content: string }) => !/vision|pad/.test(content));
    write("tokenizer.json", { ...rest, added_tokens: known });
    write("tokenizer_config.json", { eos_token: "<|im_end|>", tokenizer_class: "Qwen2Tokenizer" });
    rmSync(join(place, "preprocessor_config.json"));
    writeFileSync(
      join(place, "chat_template.jinja"),
      "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a helpful assistant<|im_end|>\n' }}{% endif %}" +
        "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    );
    return place;
  }

  test("answers, learns, and is saved and loaded again", () => {
    const text = loadCheckpoint(textFolder());
    const question = [{ text: "How was the image turned?", images: [] }];
    const { ids } = text.prepare(question).prompts[0];
    expect(ids.filter((id) => id === text.tokenizer.id("<|im_start|>"))).toHaveLength(3);
    expect(text.tokenizer.decode(ids)).toBe(
      "system\nYou are a helpful assistant\nuser\nHow was the image turned?\nassistant\n",
    );
    const answer = (checkpoint: Checkpoint) =>
      scope(() => {
        const prompt = checkpoint.prefill(checkpoint.prepare(question));
        const completions = checkpoint.sample(prompt, { each: 2, maxNewTokens: 6, temperature: 1, seed: 1 });
        const { logprobs, mask } = checkpoint.logprobs(prompt, completions, { temperature: 1 });
        logprobs.mul(mask).sum().neg().backward();
        return completions.ids;
      });
    const drawn = answer(text);
    for (const [name, weight] of text.model.parameters()) expect(weight.grad, name).not.toBeNull();
    const place = join(root, "text");
    saveCheckpoint(place, text);
    const again = loadCheckpoint(place);
    expect(answer(again)).toEqual(drawn);
    expect(() => again.prepare(inputs)).toThrow("text-only model: prompts may hold no images");
    text.free();
    again.free();
  });
});
