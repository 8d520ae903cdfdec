import { dirname, join } from "node:path";
import { decodePicture } from "@ssl4rl/data";
import type { Benchmark } from "../benchmark.js";
import { firstBox, parseBox } from "../extract/boxes.js";
import { accuracy } from "../metric.js";
import type { EvalProtocol } from "../protocol.js";
import { visualJigsawGeneration } from "../protocols/visual-jigsaw.js";
import type { Box, Question } from "../question.js";
import { fileImage } from "../read/file-image.js";
import { readRecords } from "../read/read-json.js";
import { iou } from "../score/iou.js";
import { storedBox } from "../score/model-frame.js";

/** One box, right where its IoU with the true one is above 0.5. The response counts pixels of the picture as the model sees it. */
export const boxProtocol: EvalProtocol = {
  name: "visual-jigsaw",
  source: "penghao-wu/visual_jigsaw b3224c6: eval/eval_lisa_grounding.py",
  generation: visualJigsawGeneration,
  ask: ({ text }) => `<image>${text} Please provide the bounding box coordinate in JSON format.`,
  extract: firstBox,
  async right(answer, { target, images }) {
    if (target.kind !== "box") return false;
    const { width, height } = await decodePicture(await images[0].bytes(), { minSide: 1, maxSide: 2 ** 16 });
    return iou(storedBox(parseBox(answer), { width, height }), target.box) > 0.5;
  },
};

export const lisaGrounding: Benchmark = {
  id: "lisa-grounding",
  title: "LISA-Grounding",
  modality: "one image",
  size: 1658,
  layouts: [
    {
      path: "lisa_grounding/lisa_test.json",
      from: "https://huggingface.co/datasets/omlab/VLM-R1, rec_jsons_processed.zip and lisa-test.zip",
      read: async ([file]) => ({
        questions: (await readRecords(file)).map(
          (row, i): Question => ({
            id: `${i}`,
            text: row.text("problem"),
            images: [fileImage(join(dirname(file), row.text("image")))],
            target: { kind: "box", box: row.numbers("solution") as unknown as Box },
            group: `${i}`,
            labels: {},
          }),
        ),
        skipped: [],
      }),
    },
  ],
  protocols: [boxProtocol],
  metrics: [accuracy("IoU above 0.5")],
};
