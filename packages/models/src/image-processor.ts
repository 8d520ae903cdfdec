import { type Image, resize, UserError } from "@ssl4rl/core";
import { Fields, parseObject } from "./json.js";
import { type PixelLimits, smartResize } from "./smart-resize.js";

/** Size of one image in patches. Videos (t > 1) are not supported. */
export interface Grid {
  readonly height: number;
  readonly width: number;
}

export interface ProcessorSpec extends PixelLimits {
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly mergeSize: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** What the vision tower is fed. */
export interface Pixels {
  /** [Σ grid.height · grid.width, columns] row-major, images one after the other. */
  readonly data: Float32Array;
  /** channels · temporalPatchSize · patchSize². */
  readonly columns: number;
  readonly grids: readonly Grid[];
}

/** CLIP's statistics, which Qwen2.5-VL uses. */
const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073];
const CLIP_STD = [0.26862954, 0.26130258, 0.27577711];

/**
 * Reads preprocessor_config.json; area limits in both spellings (`min_pixels`/`max_pixels`, or `size.shortest_edge`/
 * `size.longest_edge`, which are areas too). Absent keys have the library's defaults (reference page, section 3).
 */
export function parseProcessor(text: string, file = "preprocessor_config.json"): ProcessorSpec {
  const fields = new Fields(parseObject(text, file), file);
  for (const step of ["do_resize", "do_rescale", "do_normalize"]) {
    if (fields.boolean(step) === false) throw fields.error(step, "true", false);
  }
  const resample = fields.number("resample", 3);
  if (resample !== 3) throw fields.error("resample", "3 (bicubic)", resample);
  const size = fields.child("size");
  const minPixels = fields.count("min_pixels", size?.count("shortest_edge", 3136) ?? 3136);
  const maxPixels = fields.count("max_pixels", size?.count("longest_edge", 1003520) ?? 1003520);
  if (minPixels > maxPixels) throw fields.error("min_pixels", `at most max_pixels (${maxPixels})`, minPixels);
  const spec = {
    minPixels,
    maxPixels,
    patchSize: fields.count("patch_size", 14),
    temporalPatchSize: fields.count("temporal_patch_size", 2),
    mergeSize: fields.count("merge_size", 2),
    mean: fields.numbers("image_mean", CLIP_MEAN),
    std: fields.numbers("image_std", CLIP_STD),
  };
  if (spec.mean.length !== 3) throw fields.error("image_mean", "three numbers", spec.mean);
  if (spec.std.length !== 3) throw fields.error("image_std", "three numbers", spec.std);
  return spec;
}

/** A preprocessor_config.json as the hub's checkpoints carry it. */
export function describeProcessor(spec: ProcessorSpec): object {
  return {
    min_pixels: spec.minPixels,
    max_pixels: spec.maxPixels,
    patch_size: spec.patchSize,
    temporal_patch_size: spec.temporalPatchSize,
    merge_size: spec.mergeSize,
    image_mean: spec.mean,
    image_std: spec.std,
    image_processor_type: "Qwen2VLImageProcessor",
    processor_class: "Qwen2_5_VLProcessor",
  };
}

/** The values of Qwen2.5-VL's own checkpoints, with other limits where given. */
export function defaultProcessor(limits: Partial<PixelLimits> = {}): ProcessorSpec {
  return {
    minPixels: 3136,
    maxPixels: 12845056,
    patchSize: 14,
    temporalPatchSize: 2,
    mergeSize: 2,
    mean: CLIP_MEAN,
    std: CLIP_STD,
    ...limits,
  };
}

/** smart_resize, bicubic resize, normalise, cut into patches (reference page, section 3). */
export class ImageProcessor {
  /** Normalised value of every byte, per channel: the slow path's float32 arithmetic, done once. */
  private readonly levels: readonly Float32Array[];

  constructor(readonly spec: ProcessorSpec) {
    this.levels = spec.mean.map((mean, c) =>
      Float32Array.from({ length: 256 }, (_, byte) => {
        const scaled = Math.fround(byte * (1 / 255));
        return Math.fround(Math.fround(scaled - Math.fround(mean)) / Math.fround(spec.std[c]));
      }),
    );
  }

  /** Size in patches of an image once it is brought to a size the model takes. */
  grid(image: Image): Grid {
    const { patchSize, mergeSize } = this.spec;
    const { height, width } = smartResize(image.height, image.width, patchSize * mergeSize, this.spec);
    return { height: height / patchSize, width: width / patchSize };
  }

  /** How many decoder tokens an image of this grid takes. */
  tokens(grid: Grid): number {
    return (grid.height * grid.width) / this.spec.mergeSize ** 2;
  }

  process(images: readonly Image[]): Pixels {
    const { patchSize, temporalPatchSize } = this.spec;
    const grids = images.map((image) => this.grid(image));
    const columns = 3 * temporalPatchSize * patchSize ** 2;
    const rows = grids.reduce((sum, grid) => sum + grid.height * grid.width, 0);
    const data = new Float32Array(rows * columns);
    let row = 0;
    images.forEach((image, i) => {
      const grid = grids[i];
      const sized = resize(image, grid.width * patchSize, grid.height * patchSize);
      this.patchify(sized, grid, data.subarray(row * columns));
      row += grid.height * grid.width;
    });
    return { data, columns, grids };
  }

  /** Rows in merge-block order, columns in (channel, time, y, x) order; a still image is copied along time. */
  private patchify(image: Image, grid: Grid, to: Float32Array): void {
    const { patchSize: p, temporalPatchSize, mergeSize: m } = this.spec;
    const area = p * p;
    const stride = image.width * 3;
    let at = 0;
    for (let n = 0; n < grid.height * grid.width; n++) {
      const { y, x } = patchPosition(n, grid, m);
      const corner = y * p * stride + x * p * 3;
      for (let c = 0; c < 3; c++) {
        const levels = this.levels[c];
        const start = at;
        for (let py = 0; py < p; py++) {
          let from = corner + py * stride + c;
          for (let px = 0; px < p; px++) {
            to[at++] = levels[image.data[from]];
            from += 3;
          }
        }
        for (let t = 1; t < temporalPatchSize; t++) {
          to.copyWithin(at, start, start + area);
          at += area;
        }
      }
    }
  }
}

/** Row and column on the patch grid of pixel row `n`: merge blocks of m × m patches follow each other (section 3.5). */
export function patchPosition(n: number, grid: Grid, m: number): { y: number; x: number } {
  const inside = n % (m * m);
  const block = (n - inside) / (m * m);
  const across = grid.width / m;
  return {
    y: Math.floor(block / across) * m + Math.floor(inside / m),
    x: (block % across) * m + (inside % m),
  };
}

/** Fails early when an image processor and a vision tower do not fit together. */
export function checkProcessor(
  spec: ProcessorSpec,
  vision: { patchSize: number; temporalPatchSize: number; mergeSize: number },
  folder: string,
): void {
  for (const key of ["patchSize", "temporalPatchSize", "mergeSize"] as const) {
    if (spec[key] !== vision[key]) {
      throw new UserError(
        `${folder}: preprocessor_config.json has ${key} ${spec[key]}, config.json has ${vision[key]}. They must agree.`,
      );
    }
  }
}
