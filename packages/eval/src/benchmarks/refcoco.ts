import { dirname, join } from "node:path";
import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import type { Question } from "../question.js";
import { readRecords } from "../read/read-json.js";
import { cocoImage } from "./coco-image.js";
import { boxProtocol } from "./lisa-grounding.js";

/** Referring expressions with a box each, in MiniGPT-4's files. Asked and scored as LISA-Grounding is, for want of one protocol of the field. */
const refcocoPart = (part: "refcoco" | "refcoco+", size: number): Benchmark => ({
  id: `${part}-testb`,
  title: `${part === "refcoco" ? "RefCOCO" : "RefCOCO+"} testB`,
  modality: "one image",
  size,
  layouts: [
    {
      path: `refcoco/${part}_testB.json`,
      from: "https://github.com/Vision-CAIR/MiniGPT-4, its RefCOCO annotations; COCO's pictures in coco beside them",
      read: async ([file]) => ({
        questions: (await readRecords(file)).map((row, i): Question => {
          const [x, y, width, height] = row.numbers("bbox");
          return {
            id: `${i}`,
            text: `Please find the region that this describes: ${row.text("sents")}.`,
            images: [cocoImage(join(dirname(file), "../coco"), `${row.text("img_id").replace(/_\d+$/, "")}.jpg`)],
            target: { kind: "box", box: [x, y, x + width, y + height] },
            group: `${i}`,
            labels: {},
          };
        }),
        skipped: [],
      }),
    },
  ],
  protocols: [{ ...boxProtocol, name: "iou", source: "our wording; scored as LISA-Grounding" }],
  metrics: [accuracy("IoU above 0.5")],
});

export const refcocoTestB = refcocoPart("refcoco", 5095);
export const refcocoPlusTestB = refcocoPart("refcoco+", 4889);
