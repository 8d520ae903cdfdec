import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import { readTsv } from "../read/read-tsv.js";
import { lettered } from "./lettered.js";

export const realworldqa: Benchmark = {
  id: "realworldqa",
  title: "RealWorldQA",
  modality: "one image",
  size: 765,
  layouts: [
    {
      path: "RealWorldQA.tsv",
      from: "https://opencompass.openxlab.space/utils/VLMEval/RealWorldQA.tsv",
      read: async ([file], options) => lettered(await readTsv(file), {}, options),
    },
  ],
  protocols: [vlmevalkit, ssl4rl],
  metrics: [accuracy()],
};
