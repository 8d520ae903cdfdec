import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import { readParquet } from "../read/read-parquet.js";
import { readTsv } from "../read/read-tsv.js";
import { lettered } from "./lettered.js";

export const blink: Benchmark = {
  id: "blink",
  title: "BLINK, val",
  modality: "several images",
  size: 1901,
  layouts: [
    {
      path: "BLINK.tsv",
      from: "https://opencompass.openxlab.space/utils/VLMEval/BLINK.tsv",
      read: async ([file], options) =>
        lettered(await readTsv(file), { labels: { sub_task: ["category", "sub_task"] } }, options),
    },
    {
      path: "BLINK/*/val-*.parquet",
      from: "https://huggingface.co/datasets/BLINK-Benchmark/BLINK",
      read: async (files) => {
        const tables = await Promise.all(files.map(readParquet));
        return lettered(
          { rows: tables.flatMap(({ rows }) => rows), skipped: [] },
          {
            id: "idx",
            choices: "choices",
            images: ["image_1", "image_2", "image_3", "image_4"],
            labels: { sub_task: ["sub_task"] },
          },
        );
      },
    },
  ],
  protocols: [vlmevalkit, ssl4rl],
  metrics: [accuracy()],
};
