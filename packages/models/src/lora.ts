import { Random, UserError } from "@ssl4rl/core";
import { keep, noGrad, op, scope, type Tensor, tensor, zeros } from "@ssl4rl/torch";
import type { ModelConfig } from "./config.js";
import { brief } from "./json.js";
import { wide } from "./layers.js";
import type { QwenVL } from "./qwen2_5_vl.js";
import { newName, weightShapes } from "./weights.js";

/** The two factors of one module's update B·A, float32 whatever the model computes in. */
export interface Adapter {
  /** [rank, in] */
  readonly a: Tensor;
  /** [out, rank] */
  readonly b: Tensor;
}

export interface LoraOptions {
  readonly rank: number;
  /** The update is scaled by alpha / rank. */
  readonly alpha: number;
  /**
   * Regular expression over whole module paths as transformers 5 has them (`model.language_model.layers.0.mlp.up_proj`,
   * `model.visual.blocks.0.attn.qkv`; without `language_model.` in a text-only model): those are adapted.
   */
  readonly targets: string;
  readonly seed: number;
}

/** Every linear layer of the decoder, and none of the vision tower: the targets of verl's example. */
export const decoderLinears = String.raw`model\.(language_model\.)?layers\..+`;

const addmm = op<Tensor>("aten::addmm");

/**
 * Low-rank adapters (LoRA, arXiv 2106.09685): y = W x + (alpha / rank) · B(A x) in some linear modules. The model's own
 * weights stay as they are and need no gradient: see `Checkpoint.withLora`.
 */
export class Lora {
  constructor(
    readonly rank: number,
    readonly alpha: number,
    /** By module, named as in save_pretrained's weights, in their order. */
    readonly adapters: ReadonlyMap<string, Adapter>,
  ) {}

  /** The module's output y [rows, out] for x [rows, in], with its adapter's share; y itself where it has no adapter. */
  adapt(module: string, x: Tensor, y: Tensor): Tensor {
    const adapter = this.adapters.get(module);
    if (!adapter) return y;
    const a = adapter.a.to({ dtype: x.dtype });
    const b = adapter.b.to({ dtype: x.dtype });
    return addmm(y, x.matmul(a.t()), b.t(), { alpha: this.alpha / this.rank });
  }

  /** Adds every update to its weight: W += (alpha / rank) · B·A. The adapter itself stays as it is. */
  mergeInto({ weights }: QwenVL): void {
    noGrad(() => {
      for (const [module, { a, b }] of this.adapters) {
        const weight = weights.get(`${module}.weight`)!;
        scope(() => weight.copy_(addmm(wide(weight), b, a, { alpha: this.alpha / this.rank })));
      }
    });
  }

  /** Both factors of every module, in order, by names like `model.layers.0.mlp.up_proj.lora_A.weight`. */
  parameters(): Map<string, Tensor> {
    return new Map(
      [...this.adapters].flatMap(([module, { a, b }]): [string, Tensor][] => [
        [`${module}.lora_A.weight`, a],
        [`${module}.lora_B.weight`, b],
      ]),
    );
  }

  free(): void {
    for (const tensor of this.parameters().values()) tensor.free();
  }
}

/**
 * Fresh adapters as PEFT begins them: A uniform in ±1/√in (Kaiming's with a = √5), B zero, so that the model computes what
 * it did. The same seed gives the same numbers on every machine. Throws a UserError when the targets name no module.
 */
export function newLora(model: QwenVL, { rank, alpha, targets, seed }: LoraOptions): Lora {
  const { device } = model.decoder;
  const wanted = new RegExp(`^(?:${targets})$`);
  const linears = linearModules(model.config);
  const adapters = new Map<string, Adapter>();
  for (const [module, [out, into]] of linears) {
    if (!wanted.test(newName(module, model.config))) continue;
    const random = Random.from("lora", seed, module);
    const values = Float32Array.from({ length: rank * into }, () => random.uniform(-1, 1) / Math.sqrt(into));
    adapters.set(module, {
      a: keep(tensor(values, [rank, into], { device, requiresGrad: true })),
      b: keep(zeros([out, rank], { device, requiresGrad: true })),
    });
  }
  if (adapters.size === 0) {
    const paths = [...linears.keys()].map((module) => newName(module, model.config));
    throw new UserError(
      `lora: targets ${brief(targets)} match none of this model's ${paths.length} linear modules. ` +
        `They must match a whole path, such as ${paths[0]} or ${paths.at(-1)}.`,
    );
  }
  return new Lora(rank, alpha, adapters);
}

/** The modules that can be adapted, by the names of their weights, with their shapes [out, in], in file order. */
export function linearModules(config: ModelConfig): Map<string, readonly number[]> {
  // The head may be the embedding; both stay as they are.
  const others = ["model.embed_tokens.weight", "lm_head.weight"];
  return new Map(
    [...weightShapes(config)]
      .filter(([name, shape]) => shape.length === 2 && !others.includes(name))
      .map(([name, shape]) => [name.replace(/\.weight$/, ""), shape]),
  );
}
