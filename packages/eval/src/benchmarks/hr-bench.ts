import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { choiceLines } from "../protocol.js";
import { belowImages, vjFirstLetter } from "../protocols/visual-jigsaw.js";
import { ssl4rl, vlmevalkit } from "../protocols/vlmevalkit.js";
import { readParquet } from "../read/read-parquet.js";
import { readTsv } from "../read/read-tsv.js";
import { type Columns, lettered } from "./lettered.js";

const columns: Columns = { labels: { category: ["category"], cycle: ["cycle_category"] } };

/** HR-Bench: 200 questions, each four times with its choices in another order. All rows count alike. */
const hrBench = (size: "4k" | "8k"): Benchmark => ({
  id: `hr-bench-${size}`,
  title: `HR-Bench ${size.toUpperCase()}`,
  modality: "one image",
  size: 800,
  layouts: [
    {
      path: `hr_bench_${size}.tsv`,
      from: `https://huggingface.co/datasets/DreamMr/HR-Bench/resolve/main/hr_bench_${size}.tsv`,
      read: async ([file], options) => lettered(await readTsv(file), columns, options),
    },
    {
      path: `HR-Bench/hr_bench_${size}.parquet`,
      from: "https://huggingface.co/datasets/DreamMr/HR-Bench",
      read: async ([file], options) => lettered(await readParquet(file), columns, options),
    },
  ],
  protocols: [
    vjFirstLetter("eval_hrbench.py", (question) =>
      belowImages(question, `${question.text}\n${choiceLines(question)}\nAnswer with the option letter directly.`),
    ),
    vlmevalkit,
    ssl4rl,
  ],
  metrics: [accuracy()],
});

export const hrBench4k = hrBench("4k");
export const hrBench8k = hrBench("8k");
