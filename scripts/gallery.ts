/**
 * Draws docs/gallery/<task>.png: what each task shows, on pictures of the world. Prints what docs/tasks.md tells of it: the
 * question's own part and the true answer.
 */
import { mkdirSync } from "node:fs";
import {
  answerOnly,
  companions,
  type Depth,
  type Image,
  isSkip,
  type Need,
  type Picture,
  type Problem,
  pose,
  resize,
} from "@ssl4rl/core";
import { taskNamed } from "@ssl4rl/tasks";
import { composeScene, render, type Scene, worldSource } from "@ssl4rl/world";
import sharp from "sharp";
import { BLACK, Overlay, WHITE } from "../packages/tasks/src/overlay.js";
import { Coverage } from "../packages/world/src/canvas.js";
import { isSolid } from "../packages/world/src/sketch.js";

const SIDE = 420;
const GAP = 8;
/** Of the line above pictures that the model is given with a name. */
const LABEL = 20;
const WIDTH = 720;
const HEIGHT = 200;

interface Exhibit {
  readonly task: string;
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  /** Of the true answer among all. */
  readonly answer: number;
  /** Scene to begin with; the next ones follow where it cannot carry the question. */
  readonly scene: number;
}

const exhibits: readonly Exhibit[] = [
  { task: "rotation", answer: 3, scene: 1 },
  { task: "position", answer: 1, scene: 3 },
  { task: "contrastive", answer: 0, scene: 5 },
  { task: "similarity", options: { strength: "weak" }, answer: 2, scene: 21 },
  { task: "inpainting", options: { share: 0.25 }, answer: 1, scene: 3 },
  { task: "patch-inpainting", answer: 2, scene: 1 },
  { task: "jigsaw", answer: 9, scene: 22 },
  { task: "jigsaw-grid", answer: 19, scene: 38 },
  { task: "jigsaw-pair", answer: 4, scene: 3 },
  { task: "patch-order", answer: 18, scene: 1 },
  { task: "patch-flip", answer: 5, scene: 22 },
  { task: "correspondence", options: { points: 4 }, answer: 13, scene: 3 },
  { task: "clip-order", options: { clips: 4, framesPerClip: 1 }, answer: 17, scene: 3 },
  { task: "depth-order", options: { points: 4 }, answer: 11, scene: 0 },
  { task: "region-depth", answer: 3, scene: 0 },
  { task: "relative-position", answer: 2, scene: 0 },
];

const world = worldSource({ seed: "gallery", length: 400, size: SIDE });

mkdirSync("docs/gallery", { recursive: true });
for (const exhibit of exhibits) {
  const problem = await posed(exhibit);
  const file = `docs/gallery/${exhibit.task}.png`;
  const { width, height, data } = strip(problem);
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png({ palette: true, colours: 128, effort: 10 })
    .toFile(file);
  console.log(
    `${file} (${problem.picture}): ${problem.target}\n${problem.prompt.split("\n").slice(0, -1).join("\n")}\n`,
  );
}

/** The exhibit's question on the first scene that can carry it. */
async function posed({ task: name, options, answer, scene: first }: Exhibit): Promise<Problem> {
  const task = taskNamed(name).create({ size: 336, ...options });
  for (let index = first; index < world.length; index++) {
    const picture = await pictureOf(index, task.needs);
    const others = await companions(world, picture, task.others, name);
    const problem = isSkip(others) ? others : pose(picture, task, answerOnly, answer, 0, others);
    if (!isSkip(problem)) return problem;
  }
  throw new Error(`No scene carries ${name}.`);
}

async function pictureOf(index: number, needs: Need | null): Promise<Picture> {
  const picture = await world.get(index);
  if (isSkip(picture)) throw new Error(picture.skip);
  if (needs === null) return picture;
  const scene = composeScene("gallery", index);
  return needs === "depth" ? { ...picture, depth: depthOf(scene, SIDE) } : { ...picture, frames: pan(scene) };
}

/** A camera that moves to the right over a scene. */
function pan(scene: Scene): Image[] {
  const wide = render(scene, { width: 1000, height: 1000 });
  return Array.from({ length: 40 }, (_, i) => wide.crop(15 * i, 300, 415, 500));
}

/** How far the objects of a scene are, from its outlines; of ground and sky nothing is known. */
function depthOf(scene: Scene, side: number): Depth {
  const data = new Float32Array(side * side).fill(Number.NaN);
  const coverage = new Coverage(side, side);
  for (const shape of scene.shapes) {
    if (!isSolid(shape) || !coverage.trace(shape.outline)) continue;
    const distance = shape.owner < 0 ? Number.NaN : scene.objects[shape.owner].distance;
    for (let y = coverage.y0; y < coverage.y1; y++) {
      let sum = 0;
      for (let x = coverage.x0; x < coverage.x1; x++) {
        sum += coverage.area[y * coverage.stride + x];
        if (Math.abs(sum) >= 0.4) data[y * side + x] = distance;
      }
      coverage.clear(y);
    }
  }
  return { width: side, height: side, data };
}

/** A question's pictures side by side, at one scale, each below its name. */
function strip({ images, labels }: Problem): Image {
  const wide = images.reduce((sum, { width }) => sum + width, 0);
  const high = Math.max(...images.map(({ height }) => height));
  const scale = Math.min((WIDTH - GAP * (images.length - 1)) / wide, HEIGHT / high);
  const shown = images.map((image) => resize(image, Math.round(image.width * scale), Math.round(image.height * scale)));
  const top = labels.length > 0 ? LABEL : 0;
  const width = shown.reduce((sum, image) => sum + image.width + GAP, -GAP);
  const canvas = Overlay.blank(width, top + Math.round(high * scale), WHITE);
  let x = 0;
  for (const [i, image] of shown.entries()) {
    const label = labels[i]?.replace(":", "").toUpperCase();
    if (label) {
      let middle = x + image.width / 2 - (label.split(" ").length - 1) * 10;
      for (const word of label.split(" ")) {
        canvas.text(word, middle, LABEL / 2 - 2, 10, BLACK);
        middle += 40;
      }
    }
    canvas.paste(image, x, top);
    x += image.width + GAP;
  }
  return canvas.toImage();
}
