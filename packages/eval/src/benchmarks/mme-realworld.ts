import type { Benchmark } from "../benchmark.js";
import { answerTag } from "../extract/final-text.js";
import { mmeRealWorldLetter } from "../extract/lmms-eval.js";
import { accuracy } from "../metric.js";
import { type EvalProtocol, sameLetter } from "../protocol.js";
import { lmmsEval } from "../protocols/lmms-eval.js";
import { vlmevalkitGeneration } from "../protocols/vlmevalkit.js";
import type { Question } from "../question.js";
import { readParquet } from "../read/read-parquet.js";
import { readTsv } from "../read/read-tsv.js";
import { type Columns, lettered } from "./lettered.js";

const columns: Columns = {
  choices: "multi-choice options",
  images: ["image", "bytes"],
  labels: { category: ["category"], "l2-category": ["l2-category"] },
};

const inLmmsEval = lmmsEval("mme_realworld", 16, { ask, extract: mmeRealWorldLetter, right: sameLetter });

const inVlmevalkit: EvalProtocol = {
  ...inLmmsEval,
  name: "vlmevalkit",
  source: "open-compass/VLMEvalKit e8e78f05: dataset/image_mcq.py MMERealWorld",
  generation: vlmevalkitGeneration,
  extract(response) {
    const tagged = answerTag(response);
    if (tagged === null) return mmeRealWorldLetter(response);
    const { answer, how } = mmeRealWorldLetter(tagged.toUpperCase());
    return { answer, how: ["answer tag", ...how] };
  },
};

export const mmeRealWorldLite: Benchmark = {
  id: "mme-realworld-lite",
  title: "MME-RealWorld Lite",
  modality: "one image",
  size: 1919,
  layouts: [
    {
      path: "mme_realworld_lite.tsv",
      from: "https://huggingface.co/datasets/yifanzhang114/MME-RealWorld-Base64/resolve/main/mme_realworld_lite.tsv",
      read: async ([file], options) => lettered(await readTsv(file), columns, options),
    },
    {
      path: "MME-RealWorld-lite-lmms-eval/data/train-*.parquet",
      from: "https://huggingface.co/datasets/yifanzhang114/MME-RealWorld-lite-lmms-eval",
      read: async (files) => {
        const tables = await Promise.all(files.map(readParquet));
        return lettered({ rows: tables.flatMap(({ rows }) => rows), skipped: [] }, columns);
      },
    },
  ],
  protocols: [inLmmsEval, inVlmevalkit],
  metrics: [accuracy()],
};

function ask({ text, choices = {} }: Question): string {
  const lines = Object.entries(choices).map(([letter, choice]) => `(${letter}) ${choice}`);
  return (
    `${text} The choices are listed below:\n${lines.join("\n")}\nSelect the best answer to the above multiple-choice question ` +
    "based on the image. Respond with only the letter (A, B, C, D, or E) of the correct option.\nThe best answer is: "
  );
}
