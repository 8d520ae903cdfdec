import { cat, scope, segment, stack, type Tape, type Tensor, tensor } from "@ssl4rl/torch";
import type { VisionSpec } from "./config.js";
import { type Grid, type Pixels, patchPosition } from "./image-processor.js";
import { type Angles, rmsNorm, rotate, softmax, swiglu, type Weights, weightsUnder, wide } from "./layers.js";
import type { Lora } from "./lora.js";
import { invert, windowOrder } from "./window-order.js";

/** Hard-coded in the original, whatever the config says. */
const EPS = 1e-6;

/** Segments of one length: attention runs over all of them at once. */
interface Group {
  readonly count: number;
  readonly length: number;
  /** Their patches among all, or null when they are all. */
  readonly rows: Tensor | null;
  /** [2, count, 1, length, headDim / 2]; first for queries, which carry the softmax scale, then for keys. */
  readonly angles: Angles;
}

/** How the patches of a call are cut into segments that attention may not cross. */
interface Segments {
  readonly groups: readonly Group[];
  /** Puts the rows of all groups, one after the other, back in order; null when they are. */
  readonly restore: Tensor | null;
}

/** Qwen2.5-VL's vision transformer (reference page, section 4). */
export class VisionTower {
  private readonly blocks: readonly Weights[];
  private readonly merger: Weights;
  private readonly patchWeight: Tensor;

  constructor(
    readonly spec: VisionSpec,
    weights: ReadonlyMap<string, Tensor>,
    lora: Lora | null = null,
  ) {
    this.blocks = Array.from({ length: spec.depth }, (_, i) => weightsUnder(weights, `visual.blocks.${i}`, lora));
    this.merger = weightsUnder(weights, "visual.merger", lora);
    this.patchWeight = weightsUnder(weights, "visual").weight("patch_embed.proj.weight");
  }

  /**
   * Features [merged tokens, outHiddenSize] of all images, in raster order, images one after the other. On a `tape` every
   * block is a segment.
   */
  encode(pixels: Pixels, tape: Tape | null = null): Tensor {
    return scope(() => {
      const { mergeSize, patchSize, windowSize } = this.spec;
      const order = windowOrder(pixels.grids, mergeSize, windowSize / mergeSize / patchSize);
      const angles = this.angles(pixels.grids, order.index);
      const images = this.segments(order.images, angles);
      const windows = sameNumbers(order.windows, order.images) ? images : this.segments(order.windows, angles);
      let x = this.toWindowOrder(this.embedPatches(pixels), order.index);
      for (let i = 0; i < this.spec.depth; i++) {
        const within = this.spec.fullAttentionBlocks.includes(i) ? images : windows;
        [x] = segment(tape, { x, within }, ({ x, within }) => [this.block(i, x, within)]);
      }
      const [merged] = segment(tape, { x }, ({ x }) => [this.merge(x)]);
      return merged.indexSelect(0, this.indices(invert(order.index)));
    });
  }

  /** Patch rows [patches, columns] to [patches, hiddenSize]: the convolution's stride is its kernel, so one product. */
  embedPatches({ data, columns }: Pixels): Tensor {
    const { device, dtype } = this.patchWeight;
    return scope(() => {
      const rows = tensor(data, [data.length / columns, columns], { device }).to({ dtype });
      return rows.matmul(this.patchWeight.reshape([this.spec.hiddenSize, columns]).t());
    });
  }

  /** Sorts patches, whole merge blocks at a time. */
  toWindowOrder(x: Tensor, index: Int32Array): Tensor {
    const { hiddenSize, mergeSize } = this.spec;
    return scope(() =>
      x
        .reshape([index.length, mergeSize ** 2 * hiddenSize])
        .indexSelect(0, this.indices(index))
        .reshape([-1, hiddenSize]),
    );
  }

  /** Block i on x [patches, hiddenSize]. */
  block(i: number, x: Tensor, segments: Segments): Tensor {
    return scope(() => {
      const weights = this.blocks[i];
      const attended = this.attend(weights, rmsNorm(x, weights.weight("norm1.weight"), EPS), segments);
      const middle = x.add(weights.linear("attn.proj", attended));
      return middle.add(swiglu(weights, rmsNorm(middle, weights.weight("norm2.weight"), EPS)));
    });
  }

  private attend(weights: Weights, x: Tensor, { groups, restore }: Segments): Tensor {
    const qkv = weights.linear("attn.qkv", x);
    const outputs = groups.map((group) => this.attendGroup(group.rows ? qkv.indexSelect(0, group.rows) : qkv, group));
    const together = outputs.length === 1 ? outputs[0] : cat(outputs, 0);
    return restore ? together.indexSelect(0, restore) : together;
  }

  /** Attention within each of the group's segments: [count · length, 3 · hiddenSize] to [count · length, hiddenSize]. */
  private attendGroup(qkv: Tensor, { count, length, angles }: Group): Tensor {
    const { heads, hiddenSize } = this.spec;
    const split = qkv.reshape([count, length, 3, heads, hiddenSize / heads]).permute([2, 0, 3, 1, 4]);
    const turned = rotate(wide(split.narrow(0, 0, 2)), angles).to({ dtype: qkv.dtype });
    const scores = turned.select(0, 0).matmul(turned.select(0, 1).transpose(-1, -2));
    const mixed = softmax(scores).matmul(split.select(0, 2));
    return mixed.transpose(1, 2).reshape([count * length, hiddenSize]);
  }

  /** Every mergeSize² patches to one decoder token: [patches, hiddenSize] to [patches / mergeSize², outHiddenSize]. */
  private merge(x: Tensor): Tensor {
    const normed = rmsNorm(x, this.merger.weight("ln_q.weight"), EPS);
    const rows = normed.reshape([-1, this.spec.hiddenSize * this.spec.mergeSize ** 2]);
    return this.merger.linear("mlp.2", this.merger.linear("mlp.0", rows).gelu());
  }

  /** Rotary angles [patches, headDim / 2] in window order: half turn with the patch's row, half with its column. */
  angles(grids: readonly Grid[], index: Int32Array): Tensor {
    const { heads, hiddenSize, mergeSize } = this.spec;
    const quarter = hiddenSize / heads / 4;
    const unit = mergeSize ** 2;
    const rows = new Float32Array(index.length * unit);
    const columns = new Float32Array(index.length * unit);
    let at = 0;
    let base = 0;
    for (const grid of grids) {
      const end = base + (grid.height * grid.width) / unit;
      // An image's places are the same before and after the sort, so places up to `end` are this image's.
      for (; at < end * unit; at++) {
        const n = (index[Math.floor(at / unit)] - base) * unit + (at % unit);
        const { y, x } = patchPosition(n, grid, mergeSize);
        rows[at] = y;
        columns[at] = x;
      }
      base = end;
    }
    const { device } = this.patchWeight;
    const inverse = Float32Array.from({ length: quarter }, (_, j) => 10000 ** (-j / quarter));
    return scope(() => {
      const frequencies = tensor(inverse, [1, quarter], { device });
      const of = (positions: Float32Array) => tensor(positions, [positions.length, 1], { device }).mul(frequencies);
      return cat([of(rows), of(columns)], 1);
    });
  }

  /** Groups segments by length. `angles` as {@link angles} gives them. */
  segments(lengths: readonly number[], angles: Tensor): Segments {
    const scale = (this.spec.hiddenSize / this.spec.heads) ** -0.5;
    const starts = new Map<number, number[]>();
    let start = 0;
    for (const length of lengths) {
      starts.get(length)?.push(start) ?? starts.set(length, [start]);
      start += length;
    }
    const all: number[] = [];
    const groups = [...starts].map(([length, firsts]): Group => {
      const rows = firsts.flatMap((first) => Array.from({ length }, (_, i) => first + i));
      for (const row of rows) all.push(row);
      const index = starts.size === 1 ? null : this.indices(Int32Array.from(rows));
      return scope(() => {
        const own = (index ? angles.indexSelect(0, index) : angles).reshape([firsts.length, 1, length, -1]);
        const [cos, sin] = [own.cos(), own.sin()];
        return {
          count: firsts.length,
          length,
          rows: index,
          angles: { cos: stack([cos.mul(scale), cos]), sin: stack([sin.mul(scale), sin]) },
        };
      });
    });
    return { groups, restore: starts.size === 1 ? null : this.indices(invert(Int32Array.from(all))) };
  }

  private indices(values: Int32Array): Tensor {
    return tensor(values, [values.length], { dtype: "int64", device: this.patchWeight.device });
  }
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
