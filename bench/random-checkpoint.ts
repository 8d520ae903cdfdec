import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { newConfig, type TextSpec, type VisionSpec, weightShapes } from "@ssl4rl/models";
import { type DType, full, Generator, randn, scope, type Tensor, writeSafetensors, zeros } from "@ssl4rl/torch";

const tiny = fileURLToPath(new URL("../checkpoints/tiny-vl", import.meta.url));
const SHARD_BYTES = 1e9;

export interface Sizes {
  /** Its vocabulary may be larger than tiny-vl's, whose tokenizer the checkpoint has. */
  readonly text: TextSpec;
  readonly vision: VisionSpec;
  readonly tied: boolean;
}

/** What the vision towers of all Qwen2.5-VL have in common. */
export const visionConstants = { patchSize: 14, temporalPatchSize: 2, mergeSize: 2, windowSize: 112, inChannels: 3 };

/**
 * A folder with random weights and the tokenizer of tiny-vl. Weights are drawn one shard at a time, so that making a
 * checkpoint takes little memory, however large it is.
 */
export function writeRandomCheckpoint(folder: string, { text, vision, tied }: Sizes, dtype: DType): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"]) {
    copyFileSync(join(tiny, name), join(folder, name));
  }
  const read = (name: string) => JSON.parse(readFileSync(join(tiny, name), "utf8")) as Record<string, number>;
  const ids = read("config.json");
  const config = newConfig({
    text,
    vision,
    tied,
    tokens: {
      endOfText: ids.bos_token_id,
      imEnd: ids.eos_token_id,
      visionStart: ids.vision_start_token_id,
      visionEnd: ids.vision_end_token_id,
      imagePad: ids.image_token_id,
      videoPad: ids.video_token_id,
    },
  });
  const write = (name: string, value: object) =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  write("config.json", { ...config.raw, torch_dtype: dtype });
  write("preprocessor_config.json", { ...read("preprocessor_config.json"), min_pixels: 3136, max_pixels: 1_003_520 });

  const width = { float32: 4, bfloat16: 2 }[dtype as "float32" | "bfloat16"];
  const shards: [string, readonly number[]][][] = [];
  let bytes = SHARD_BYTES;
  let total = 0;
  for (const entry of weightShapes(config)) {
    const size = width * entry[1].reduce((product, length) => product * length, 1);
    if (bytes + size > SHARD_BYTES) {
      shards.push([]);
      bytes = 0;
    }
    shards[shards.length - 1].push(entry);
    bytes += size;
    total += size;
  }
  const generator = new Generator(0);
  const map: Record<string, string> = {};
  shards.forEach((shard, i) => {
    const place = (n: number) => String(n).padStart(5, "0");
    const file = `model-${place(i + 1)}-of-${place(shards.length)}.safetensors`;
    scope(() => {
      const tensors = shard.map(([name, shape]): [string, Tensor] => [name, draw(name, shape, dtype, generator)]);
      writeSafetensors(join(folder, file), tensors, { format: "pt" });
    });
    for (const [name] of shard) map[name] = file;
  });
  write("model.safetensors.index.json", { metadata: { total_size: total }, weight_map: map });
}

/** As `randomWeights` of models, but drawn in libtorch: billions of numbers in a minute. */
function draw(name: string, shape: readonly number[], dtype: DType, generator: Generator): Tensor {
  if (name.endsWith(".bias")) return zeros([...shape], { dtype });
  if (shape.length === 1) return full([...shape], 1, { dtype });
  return randn([...shape], { dtype, generator }).mul_(0.02);
}
