import { keep, setThreads, type Tensor, tensor } from "@ssl4rl/torch";
import { parseConfig } from "./config.js";
import { goldenCases, goldenConfig, goldenValues } from "./golden.js";
import type { Grid } from "./image-processor.js";
import { mropePositions } from "./positions.js";
import { type PreparedBatch, QwenVL } from "./qwen2_5_vl.js";
import { weightShapes } from "./weights.js";

// Tensors this small gain nothing from a second thread, and lose much when test files share the cores.
setThreads(1);

export type CaseName = keyof typeof goldenCases;

/** The tiny model of the reference page's section 9.1. `change` alters its config.json. */
export function goldenModel(change: object = {}): QwenVL {
  return modelByFormula({ ...goldenConfig, ...change });
}

/** The model of a config.json, its weights made from their names. */
export function modelByFormula(configJson: object): QwenVL {
  const config = parseConfig(JSON.stringify(configJson));
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    const norm = shape.length === 1 && /norm|ln_q/.test(name);
    const count = shape.reduce((product, size) => product * size, 1);
    weights.set(name, keep(tensor(goldenValues(name, count, 0.2, norm ? 1 : 0), shape).requiresGrad_()));
  }
  return new QwenVL(config, weights);
}

/** Case A, B or C as the model takes it. */
export function goldenBatch(name: CaseName): PreparedBatch {
  const { prompts, grids } = goldenCases[name];
  return batchOf(prompts, grids, (rows) => goldenValues(`pixel_values.${name}`, rows * 1176, 1.8));
}

/** Prompts with image slots (id 506), their grids in order, and pixels [rows, 1176] made by `fill`. */
export function batchOf(
  prompts: readonly (readonly number[])[],
  grids: readonly Grid[],
  fill: (rows: number) => Float32Array,
): PreparedBatch {
  const rows = grids.reduce((sum, grid) => sum + grid.height * grid.width, 0);
  let from = 0;
  return {
    prompts: prompts.map((ids) => {
      const images = ids.filter((id, i) => id === 506 && ids[i - 1] !== 506).length;
      const positions = mropePositions(ids, 506, grids.slice(from, from + images), 2);
      from += images;
      return { ids, positions };
    }),
    pixels: { data: fill(rows), columns: 1176, grids },
  };
}

/** Prompt b of a batch as a batch of its own. */
export function alone(batch: PreparedBatch, b: number, image = 506): PreparedBatch {
  const imagesIn = (k: number) =>
    batch.prompts[k].ids.filter((id, i, all) => id === image && all[i - 1] !== image).length;
  const { columns } = batch.pixels;
  let first = 0;
  for (let k = 0; k < b; k++) first += imagesIn(k);
  const grids = batch.pixels.grids.slice(first, first + imagesIn(b));
  const rowsOf = (list: readonly Grid[]) => list.reduce((sum, grid) => sum + grid.height * grid.width, 0);
  const start = rowsOf(batch.pixels.grids.slice(0, first)) * columns;
  const data = batch.pixels.data.slice(start, start + rowsOf(grids) * columns);
  return { prompts: [batch.prompts[b]], pixels: { data, columns, grids } };
}
