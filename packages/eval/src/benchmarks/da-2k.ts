import { dirname, join } from "node:path";
import { encodePng, Image, Random } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import type { Benchmark } from "../benchmark.js";
import { accuracy } from "../metric.js";
import { belowImages, vjFirstLetter } from "../protocols/visual-jigsaw.js";
import type { Question, QuestionImage } from "../question.js";
import { fileImage } from "../read/file-image.js";
import { readKeyed, readRecords } from "../read/read-json.js";
import type { Row } from "../read/row.js";

/** Row and column of a pixel, as the files write points. */
type Point = readonly [row: number, column: number];

export const da2k: Benchmark = {
  id: "da-2k",
  title: "DA-2K",
  modality: "one image",
  size: 2068,
  layouts: [
    {
      path: "DA-2K/all_data.json",
      from: "https://huggingface.co/datasets/craigwu/visual_jigsaw_eval_data",
      read: async ([file]) => ({
        questions: (await readRecords(file)).map((row, i) => bundled(row, i, dirname(file))),
        skipped: [],
      }),
    },
    {
      path: "DA-2K/annotations.json",
      from: "https://huggingface.co/datasets/depth-anything/DA-2K",
      read: async ([file]) => {
        const pictures = await readKeyed(file);
        return { questions: pictures.flatMap(([image, row]) => official(image, row, dirname(file))), skipped: [] };
      },
    },
  ],
  protocols: [vjFirstLetter("eval_da2k.py", (question) => belowImages(question, question.text))],
  metrics: [accuracy()],
};

/** Visual Jigsaw's file has the ready prompt. */
function bundled(row: Row, index: number, folder: string): Question {
  const points = (row.list("points") ?? []) as unknown as Point[];
  return {
    id: `${index}`,
    text: row.text("question"),
    images: [marked(join(folder, row.text("image")), points)],
    choices: { A: "A", B: "B" },
    target: { kind: "letter", letter: row.text("answer").toUpperCase() },
    group: `${index}`,
    labels: {},
  };
}

/** In the project's own file the first point is always the closer one; here a draw says which is marked first. */
function official(image: string, annotations: Row, folder: string): Question[] {
  return annotations.entries().map((row, i) => {
    const id = `${image}#${i}`;
    const closer = row.numbers("point1") as unknown as Point;
    const other = row.numbers("point2") as unknown as Point;
    const first = Random.from("da-2k", id).int(2) === 0;
    return {
      id,
      text:
        "Two points are marked in the image, one in green and one in red. Which of them is closer to the camera?\n" +
        "A. the green one\nB. the red one\nAnswer with the option letter directly.",
      images: [marked(join(folder, image), first ? [closer, other] : [other, closer])],
      choices: { A: "the green one", B: "the red one" },
      target: { kind: "letter", letter: first ? "A" : "B" },
      group: id,
      labels: { scene: image.split("/").at(-2) ?? "" },
    };
  });
}

const GREEN = [0, 128, 0] as const;
const RED = [255, 0, 0] as const;
const RADIUS = 30;
const THICKNESS = 4;

/** The picture with its first point marked in green and its second in red, as Visual Jigsaw marks them. */
function marked(path: string, [first, second]: readonly Point[]): QuestionImage {
  const picture = fileImage(path);
  return {
    name: picture.name,
    async bytes() {
      const image = await decodePicture(await picture.bytes(), { minSide: 1, maxSide: 2 ** 14 });
      const data = image.data.slice();
      mark(data, image, first, GREEN);
      mark(data, image, second, RED);
      return encodePng(new Image(image.width, image.height, data));
    },
  };
}

/** A circle with a cross in it, its lines 4 pixels wide. */
function mark(data: Uint8Array, { width, height }: Image, [row, column]: Point, colour: readonly number[]): void {
  const [centreY, centreX] = [Math.round(row), Math.round(column)];
  for (let y = Math.max(0, centreY - RADIUS); y <= Math.min(height - 1, centreY + RADIUS); y++) {
    for (let x = Math.max(0, centreX - RADIUS); x <= Math.min(width - 1, centreX + RADIUS); x++) {
      const [dx, dy] = [x - centreX, y - centreY];
      const distance = Math.hypot(dx, dy);
      const ring = distance <= RADIUS + 0.5 && distance > RADIUS + 0.5 - THICKNESS;
      const cross = [dx, dy].some((d) => d >= -THICKNESS / 2 && d < THICKNESS / 2);
      if (ring || cross) data.set(colour, (y * width + x) * 3);
    }
  }
}
