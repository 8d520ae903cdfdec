import { dirname, join } from "node:path";
import { UserError } from "@ssl4rl/core";
import type { Benchmark, Contents } from "../benchmark.js";
import { allBoxes } from "../extract/boxes.js";
import type { Metric, Scored } from "../metric.js";
import type { EvalProtocol } from "../protocol.js";
import { visualJigsawGeneration } from "../protocols/visual-jigsaw.js";
import type { Box, Detections, Question } from "../question.js";
import { fileImage } from "../read/file-image.js";
import { readJson, readRecords } from "../read/read-json.js";
import { Row } from "../read/row.js";
import { inverselyScaledBox, storedBox, wholePixels } from "../score/model-frame.js";
import { type Detection, nmsAp } from "../score/nms-ap.js";

const protocol: EvalProtocol = {
  name: "visual-jigsaw",
  source: "penghao-wu/visual_jigsaw b3224c6: eval/eval_ovd_eval.py",
  generation: visualJigsawGeneration,
  ask: ({ text }) =>
    `<image>Detect all instances of the following target: ${text}. Output the detected bbox coordinates in JSON format.`,
  extract: allBoxes,
  // A set of boxes is no right or wrong answer: the metrics weigh them.
  right: () => false,
};

/**
 * Mean over the tasks of the NMS-AP of their pictures. No box at all counts as one without extent. `place` brings a box from the
 * picture as the model sees it into the picture as it is stored.
 */
function nmsApOver(name: string, place: typeof storedBox): Metric {
  return {
    name,
    measure(scored) {
      const tasks = new Map<Detections, Scored[]>();
      for (const each of scored) {
        const { target } = each.question;
        if (target.kind !== "detection") continue;
        const list = tasks.get(target.truth) ?? [];
        list.push(each);
        tasks.set(target.truth, list);
      }
      const parts = [...tasks].map(([truth, answers]) => {
        const asked = new Set(answers.map(({ question }) => imageOf(question)));
        return nmsAp(
          answers.flatMap((each) => detections(each, truth, place)),
          truth.boxes.filter(({ image }) => asked.has(image)),
        );
      });
      return { value: parts.reduce((sum, part) => sum + part, 0) / parts.length, n: parts.length };
    },
  };
}

const imageOf = ({ target }: Question) => (target.kind === "detection" ? target.image : -1);

function detections({ question, extraction }: Scored, truth: Detections, place: typeof storedBox): Detection[] {
  const { target } = question;
  if (target.kind !== "detection") return [];
  const size = truth.sizes.get(target.image)!;
  const boxes = extraction?.answer ? (JSON.parse(extraction.answer) as number[][]) : [[0, 0, 0, 0]];
  return boxes.map((box) => ({
    image: target.image,
    category: target.category,
    box: wholePixels(place(box as unknown as Box, size), size),
  }));
}

export const ovdEval: Benchmark = {
  id: "ovd-eval",
  title: "OVD-Eval",
  modality: "one image",
  size: null,
  layouts: [
    {
      path: "OVDEval/all_data.json",
      from:
        "https://huggingface.co/datasets/craigwu/visual_jigsaw_eval_data; images and annotations of " +
        "https://huggingface.co/datasets/omlab/OVDEval beside it",
      read: async ([file]) => readAll(file),
    },
  ],
  protocols: [protocol],
  metrics: [
    nmsApOver("NMS-AP", storedBox),
    // Visual Jigsaw's script scales boxes the wrong way round.
    nmsApOver("NMS-AP as in Visual Jigsaw", inverselyScaledBox),
  ],
};

async function readAll(file: string): Promise<Contents> {
  const folder = dirname(file);
  const truths = new Map<string, Detections>();
  const questions: Question[] = [];
  for (const [i, row] of (await readRecords(file)).entries()) {
    const task = row.text("task");
    const truth = truths.get(task) ?? (await readAnnotations(task, join(folder, "annotations", `${task}.json`)));
    truths.set(task, truth);
    const image = row.record("image_info");
    const category = row.record("category_info");
    const target = { kind: "detection", image: image.number("id"), category: category.number("id"), truth } as const;
    if (!truth.sizes.has(target.image)) {
      throw new UserError(`${row.where}: annotations/${task}.json has no picture ${target.image}. Fetch both again.`);
    }
    questions.push({
      id: `${i}`,
      text: category.text("name"),
      images: [fileImage(join(folder, "images", task, image.text("file_name")))],
      target,
      group: `${task}/${target.image}`,
      labels: { task },
    });
  }
  return { questions, skipped: [] };
}

/** A file in COCO's form: boxes are x, y, width, height. */
async function readAnnotations(name: string, path: string): Promise<Detections> {
  const coco = new Row(path, (await readJson(path)) as Record<string, unknown>);
  return {
    name,
    sizes: new Map(
      coco
        .record("images")
        .entries()
        .map((row) => [row.number("id"), { width: row.number("width"), height: row.number("height") }]),
    ),
    boxes: coco
      .record("annotations")
      .entries()
      .map((row) => {
        const [x, y, width, height] = row.numbers("bbox");
        return {
          image: row.number("image_id"),
          category: row.number("category_id"),
          box: [x, y, x + width, y + height],
        };
      }),
  };
}
