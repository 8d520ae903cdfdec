import { UserError } from "@ssl4rl/core";
import { cat, noGrad, scope, type Tensor, tensor, zeros } from "@ssl4rl/torch";
import type { Grid } from "./image-processor.js";
import { wide } from "./layers.js";
import type { PreparedBatch, QwenVL } from "./qwen2_5_vl.js";

/** How the tokens asked for attend to one image. */
export interface AttentionMap {
  /** Size in merged tokens, each of 28 × 28 pixels in Qwen2.5-VL. */
  readonly rows: number;
  readonly columns: number;
  /** Per token asked for, attention to each place [rows · columns] in raster order. All images of a token sum to 1 at most. */
  readonly values: readonly Float32Array[];
}

export interface AttentionOptions {
  /**
   * Places in the sequence (prompt, then completion) that look. Default: those that predict the completion's tokens,
   * token t by place P - 1 + t. They must lie behind the last image.
   */
  readonly places?: readonly number[];
  /** Layers to average over. Default all. */
  readonly layers?: readonly number[];
  /** Query heads to average over. Default all. */
  readonly heads?: readonly number[];
}

/**
 * Attention weights to the image tokens of one prompt, averaged over heads and layers (SSL4RL, Fig. 3 and 7): one map per
 * image. Everything up to the last image is computed as a shared prompt, the text behind it as its continuation, and of
 * each layer's weights only the rows of the places that look exist, one layer at a time.
 *
 * @example
 * const batch = checkpoint.prepare([{ text: "Which way is up?", images: [image] }]);
 * const [map] = attentionMaps(checkpoint.model, batch, completionIds);
 */
export function attentionMaps(
  model: QwenVL,
  batch: PreparedBatch,
  completion: readonly number[],
  options: AttentionOptions = {},
): AttentionMap[] {
  const { imageTokenId, text, vision } = model.config;
  if (batch.prompts.length !== 1) throw new UserError(`attentionMaps: takes one prompt, got ${batch.prompts.length}.`);
  const [{ ids, positions }] = batch.prompts;
  const split = ids.lastIndexOf(imageTokenId) + 1;
  if (split === 0) throw new UserError("attentionMaps: the prompt has no images to look at.");
  if (split === ids.length) throw new UserError("attentionMaps: the prompt must go on behind its last image.");
  const places = options.places ?? completion.map((_, t) => ids.length - 1 + t);
  const layers = [...new Set(options.layers ?? range(text.layers))];
  const heads = [...new Set(options.heads ?? range(text.heads))];
  check("place", places, split, ids.length + completion.length);
  check("layer", layers, 0, text.layers);
  check("head", heads, 0, text.heads);

  const end = Math.max(...places) + 1;
  const behind = [...ids.slice(split), ...completion].slice(0, end - split);
  const cut = (axis: Int32Array) => axis.slice(0, split);
  const before = {
    prompts: [
      {
        ids: ids.slice(0, split),
        positions: {
          t: cut(positions.t),
          h: cut(positions.h),
          w: cut(positions.w),
          next: positions.t[split],
        },
      },
    ],
    pixels: batch.pixels,
  };
  const { decoder } = model;
  const columns = ids.flatMap((id, place) => (id === imageTokenId ? [place] : []));
  const found = noGrad(() =>
    scope(() => {
      const prompt = model.prefill(before);
      const integers = (values: readonly number[]) =>
        tensor(Int32Array.from(values), [values.length], { dtype: "int64", device: decoder.device });
      const asking = integers(places.map((place) => place - split));
      const images = integers(columns);
      const averaged = integers(heads);
      const R = behind.length;
      const causal = decoder.causalMask(R, 0)?.indexSelect(0, asking) ?? null;
      const sum = zeros([places.length, columns.length], { device: decoder.device });
      decoder.run(
        decoder.embed(integers(behind)),
        {
          extent: { B: 1, G: 1, R },
          ...decoder.textAngles(prompt.next, R),
          causal: decoder.causalMask(R, 0),
          padding: null,
          observe: (layer, queries, own) => {
            if (!layers.includes(layer)) return;
            scope(() => {
              const asked = queries.squeeze(2).indexSelect(3, asking);
              const onPrompt = scores(asked, prompt.layers[layer].keys);
              const onOwn = scores(asked, own.keys.squeeze(2));
              const weights = cat([onPrompt, causal ? onOwn.add(causal) : onOwn], -1).softmax(-1);
              const perHead = weights.indexSelect(-1, images).reshape([text.heads, places.length, columns.length]);
              sum.add_(perHead.indexSelect(0, averaged).mean(0));
            });
          },
        },
        prompt.layers,
      );
      return sum.div(layers.length).data() as Float32Array;
    }),
  );
  return spread(found, places.length, batch.pixels.grids, vision!.mergeSize);
}

/** Float32 scores [kvHeads, S, asked, T] of queries [1, kvHeads, S, asked, headDim] on keys [1, kvHeads, T, headDim]. */
function scores(queries: Tensor, keys: Tensor): Tensor {
  return wide(queries.squeeze(0).matmul(keys.transpose(0, 1).transpose(-1, -2)));
}

/** Cuts rows [tokens, image tokens] into the images' maps. */
function spread(found: Float32Array, tokens: number, grids: readonly Grid[], mergeSize: number): AttentionMap[] {
  const width = found.length / tokens;
  let from = 0;
  return grids.map((grid) => {
    const [rows, columns] = [grid.height / mergeSize, grid.width / mergeSize];
    const start = from;
    from += rows * columns;
    const values = range(tokens).map((token) => found.slice(token * width + start, token * width + from));
    return { rows, columns, values };
  });
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function check(what: string, given: readonly number[], from: number, to: number): void {
  if (given.length === 0) throw new UserError(`attentionMaps: needs at least one ${what}.`);
  const wrong = given.find((value) => !(Number.isInteger(value) && value >= from && value < to));
  if (wrong !== undefined) {
    throw new UserError(`attentionMaps: ${what} must be a whole number from ${from} to ${to - 1}, got ${wrong}.`);
  }
}
