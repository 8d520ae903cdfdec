import { dirname, join } from "node:path";
import type { Benchmark, Contents } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import { fileImage } from "../read/file-image.js";
import { readJson } from "../read/read-json.js";
import { readTsv } from "../read/read-tsv.js";
import { Row } from "../read/row.js";
import { lettered } from "./lettered.js";

/** The dimensions with pictures, by SEED-Bench's own numbers (AILab-CVC/SEED-Bench: DATASET.md). */
const DIMENSIONS = [
  "Scene Understanding",
  "Instance Identity",
  "Instance Attributes",
  "Instance Location",
  "Instances Counting",
  "Spatial Relation",
  "Instance Interaction",
  "Visual Reasoning",
  "Text Understanding",
];

export const seedbench: Benchmark = {
  id: "seedbench-image",
  title: "SEED-Bench, image part",
  modality: "one image",
  size: 14232,
  layouts: [
    {
      path: "SEEDBench_IMG.tsv",
      from: "https://opencompass.openxlab.space/utils/benchmarks/SEEDBench/SEEDBench_IMG.tsv",
      read: async ([file], options) => {
        const { questions, skipped } = lettered(await readTsv(file), { labels: { category: ["category"] } }, options);
        return {
          skipped,
          questions: questions.map((each) => ({ ...each, labels: { category: dimension(each.labels.category) } })),
        };
      },
    },
    {
      path: "SEED-Bench.json",
      from: "https://huggingface.co/datasets/AILab-CVC/SEED-Bench, with SEED-Bench-image beside it",
      read: async ([file]) => readOfficial(file),
    },
  ],
  protocols: [ssl4rl, vlmevalkit],
  metrics: [accuracy()],
};

/** The tables' spelling of a dimension, whose own are `Scene_Understanding`, `Instance Attribute` and the like. */
function dimension(name = ""): string {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z]/g, "")
      .replace(/s(?=$|counting)/g, "");
  return DIMENSIONS.find((known) => plain(known) === plain(name)) ?? name;
}

async function readOfficial(file: string): Promise<Contents> {
  const all = new Row(file, (await readJson(file)) as Record<string, unknown>);
  const questions = (all.list("questions") ?? [])
    .map((values, i) => new Row(`${file}, question ${i}`, values as Record<string, unknown>))
    .filter((row) => row.number("question_type_id") <= DIMENSIONS.length)
    .map((row) => {
      const id = row.text("question_id");
      return {
        id,
        text: row.text("question"),
        images: [fileImage(join(dirname(file), "SEED-Bench-image", row.text("data_id")))],
        choices: Object.fromEntries([..."ABCD"].map((letter) => [letter, row.text(`choice_${letter.toLowerCase()}`)])),
        target: { kind: "letter", letter: row.text("answer") } as const,
        group: id,
        labels: { category: DIMENSIONS[row.number("question_type_id") - 1] },
      };
    });
  return { questions, skipped: [] };
}
