import { Image } from "@ssl4rl/core";

/** FNV-1a, 32 bits. */
export function fnv1a(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Element i of the deterministic stream called `name` (reference page, section 9.1), as 32 bits. */
function stream(name: string): (i: number) => number {
  const seed = fnv1a(new TextEncoder().encode(name));
  return (i) => {
    let x = (seed + Math.imul(i, 0x9e3779b9)) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0;
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
    return (x ^ (x >>> 16)) >>> 0;
  };
}

/** Deterministic numbers in off ± amp. */
export function goldenValues(name: string, count: number, amp: number, off = 0): Float32Array {
  const at = stream(name);
  return Float32Array.from({ length: count }, (_, i) => off + ((2 * at(i)) / 2 ** 32 - 1) * amp);
}

/** Deterministic bytes as a picture (section 9.3). */
export function goldenImage(height: number, width: number): Image {
  const at = stream(`img${height}x${width}`);
  return new Image(
    width,
    height,
    Uint8Array.from({ length: height * width * 3 }, (_, i) => at(i) & 255),
  );
}

/** config.json of "g25vl-tiny" (section 9.1). */
export const goldenConfig = {
  model_type: "qwen2_5_vl",
  hidden_size: 64,
  intermediate_size: 160,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  vocab_size: 512,
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  rope_scaling: { type: "mrope", mrope_section: [2, 3, 3] },
  tie_word_embeddings: true,
  bos_token_id: 500,
  eos_token_id: 502,
  vision_start_token_id: 503,
  vision_end_token_id: 504,
  image_token_id: 506,
  video_token_id: 507,
  vision_config: {
    depth: 4,
    hidden_size: 64,
    intermediate_size: 100,
    num_heads: 4,
    out_hidden_size: 64,
    fullatt_block_indexes: [1, 3],
    window_size: 112,
    patch_size: 14,
    spatial_merge_size: 2,
    temporal_patch_size: 2,
    in_chans: 3,
  },
};

const VS = 503;
const VE = 504;
const I = 506;
const images = (count: number): number[] => new Array(count).fill(I);

/** Prompts and image grids of cases A, B and C, without padding. */
export const goldenCases = {
  A: {
    prompts: [[1, 2, 3, VS, ...images(35), VE, 9, 10, 11, 12]],
    grids: [{ height: 10, width: 14 }],
  },
  B: {
    prompts: [[5, VS, ...images(2), VE, 6, 7, VS, ...images(32), VE, 8, 9, 20]],
    grids: [
      { height: 2, width: 4 },
      { height: 8, width: 16 },
    ],
  },
  C: {
    prompts: [
      [1, 2, VS, ...images(6), VE, 3, 4, 5],
      [7, 8, VS, ...images(33), VE, 11, VS, ...images(4), VE, 12, 13, 14, 15],
    ],
    grids: [
      { height: 4, width: 6 },
      { height: 6, width: 22 },
      { height: 4, width: 4 },
    ],
  },
} as const;
