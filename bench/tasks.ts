// Rows per second of CPU time for every task at every difficulty: npm run bench -- tasks [ROWS] [TASK…] [--memory]
// A row is made as for a dataset: JPEGs of 640 x 480 are decoded (also those of the other pictures and the frames it
// shows), the task is posed at its default size, and every picture shown is encoded as PNG.
// Ends with 1 below 15 rows a second, unless a line skips most pictures, or reads videos, each of
// which is 24 pictures. With --memory: 10,000 rows
// of all tasks in turn instead; ends with 1 if the last quarter holds over 10 % more memory than the second.

import v8 from "node:v8";
import {
  companions,
  encodePng,
  type Image,
  isSkip,
  type Picture,
  type Problem,
  pose,
  type Skip,
  type Source,
  type Task,
  thinkAnswer,
} from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import { registry } from "@ssl4rl/tasks";
import { composeScene, render } from "@ssl4rl/world";
import sharp from "sharp";

const WIDTH = 640;
const HEIGHT = 480;
const PICTURES = 64;
const VIDEOS = 8;
const FRAMES = 24;
const PAN = 16;
const LEAST_RATE = 15;
/** Rows before those that count, until all is compiled. */
const WARM_UP = 20;

/** Options worth a line beside the defaults: those of the recipes and the difficulties of the papers. */
const difficulties: Record<string, Record<string, unknown>[]> = {
  rotation: [{ direction: "clockwise" }, { step: 45 }],
  position: [{ grid: 3 }, { grid: 5 }, { grid: 3, augment: true }],
  jigsaw: [
    ...[3, 4, 5, 6].map((n) => ({ rows: n, columns: n })),
    { rows: 3, columns: 3, gap: 0.1 },
    { rows: 3, columns: 3, layout: "composite" },
  ],
  "jigsaw-pair": [{ rows: 3, columns: 3 }],
  "jigsaw-grid": [{ rows: 3, columns: 3 }],
  "patch-order": [{ grid: "1x4" }, { blank: true }],
  contrastive: [{ probabilities: "paper" }, { strength: "strong" }, { strength: "strong", probabilities: "paper" }],
  similarity: [{ strength: "weak" }],
  inpainting: [{ share: 0.25 }],
  correspondence: [{ points: 4 }],
  "clip-order": [{ framesPerClip: 1 }],
};

export default async function bench(): Promise<void> {
  const words = process.argv.slice(3).filter((word) => word !== "--memory");
  const memory = process.argv.includes("--memory");
  const rows = Number(words.find((word) => /^\d+$/.test(word)) ?? (memory ? 10_000 : 60));
  const names = words.filter((word) => !/^\d+$/.test(word));
  sharp.concurrency(1);
  // As bin/ssl4rl.js does.
  v8.setFlagsFromString("--no-incremental-marking");
  const source = await scenes();
  const wanted = registry.filter(
    (factory) => factory.create().needs !== "graph" && (names.length === 0 || names.includes(factory.name)),
  );
  const tasks = wanted.flatMap((factory) =>
    [{}, ...(difficulties[factory.name] ?? [])].map((options) => ({
      name: factory.name,
      words: Object.entries(options).flat().join(" "),
      task: factory.create(options),
    })),
  );
  if (memory) return holdMemory(source, tasks, rows);

  console.log(
    `${rows} rows a line from ${WIDTH} x ${HEIGHT} JPEGs; rows per second of CPU time, and milliseconds a row\n`,
  );
  console.log("task".padEnd(58), ...["rows/s", "read", "pose", "encode", "shown", "kB", "skipped"].map(cell));
  const slow: string[] = [];
  for (const { name, words, task } of tasks) {
    const line = `${name} ${words}`.padEnd(58);
    const { made, spent, shown, bytes, skipped } = await measure(source, task, rows);
    const rate = made / (spent.read + spent.pose + spent.encode);
    const held = skipped <= rows / 2 && task.needs !== "frames";
    if (held && rate < LEAST_RATE) slow.push(line.trim());
    const each = (total: number, digits: number) => (made > 0 ? (total / made).toFixed(digits) : "-");
    const milliseconds = [spent.read, spent.pose, spent.encode].map((seconds) => each(seconds * 1e3, 0));
    const counts = [each(shown, 1), each(bytes / 1e3, 0), `${skipped}`];
    console.log(line, ...[rate.toFixed(1), ...milliseconds, ...counts].map(cell));
  }
  if (slow.length === 0) return;
  console.log(`\nbelow ${LEAST_RATE} rows/s: ${slow.join("; ")}`);
  process.exitCode = 1;
}

const cell = (text: string) => text.padStart(7);

async function measure(source: Source & Frames, task: Task, rows: number) {
  const spent = { read: 0, pose: 0, encode: 0 };
  let [made, shown, bytes, skipped] = [0, 0, 0, 0];
  for (let i = -WARM_UP; i < rows; i++) {
    let before = cpuSeconds();
    const count = (phase: keyof typeof spent) => {
      const now = cpuSeconds();
      if (i >= 0) spent[phase] += now - before;
      before = now;
    };
    const [picture, others] = await read(source, task, i + WARM_UP);
    count("read");
    const problem = posed(picture, task, others, i + WARM_UP);
    count("pose");
    const images = isSkip(problem) ? [] : problem.images;
    const files = images.map(encodePng);
    count("encode");
    if (i < 0) continue;
    if (isSkip(problem)) skipped++;
    else made++;
    shown += images.length;
    bytes += files.reduce((sum, file) => sum + file.length, 0);
  }
  return { made, spent, shown, bytes, skipped };
}

async function read(source: Source & Frames, task: Task, row: number): Promise<[Picture, readonly Picture[]]> {
  const picture = await (task.needs === "frames" ? source.video(row) : source.get(row % source.length));
  if (isSkip(picture)) throw new Error(picture.skip);
  const others = await companions(source, picture, task.others, task.id, row);
  if (isSkip(others)) throw new Error(others.skip);
  return [picture, others];
}

function posed(picture: Picture, task: Task, others: readonly Picture[], row: number): Problem | Skip {
  return pose(picture, task, thinkAnswer, (row * 7919) % Math.min(task.answers.size, 2 ** 32), row, others);
}

interface Frames {
  video(row: number): Promise<Picture>;
}

/** Scenes of the world as JPEGs in memory; and, for videos, wider ones that a camera pans over. */
async function scenes(): Promise<Source & Frames> {
  const jpeg = ({ data }: Image) =>
    sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .jpeg({ quality: 90 })
      .toBuffer();
  const pictures = await Promise.all(
    Array.from({ length: PICTURES }, (_, i) =>
      jpeg(render(composeScene("bench", i), { width: WIDTH, height: HEIGHT })),
    ),
  );
  const videos = await Promise.all(
    Array.from({ length: VIDEOS }, (_, i) => {
      const wide = render(composeScene("pan", i), { width: WIDTH + PAN * (FRAMES - 1), height: HEIGHT });
      return Promise.all(Array.from({ length: FRAMES }, (_, k) => jpeg(wide.crop(PAN * k, 0, WIDTH, HEIGHT))));
    }),
  );
  const decode = (bytes: Uint8Array) => decodePicture(bytes, { minSide: 28, maxSide: 1024 });
  const depth = { width: WIDTH, height: HEIGHT, data: hills() };
  return {
    name: `${PICTURES} scenes`,
    length: PICTURES,
    async get(index) {
      return { id: `${index}`, name: `scene ${index}`, image: await decode(pictures[index]), depth };
    },
    async video(row) {
      const frames = [];
      for (const file of videos[row % VIDEOS]) frames.push(await decode(file));
      return { id: `video ${row}`, name: `video ${row % VIDEOS}`, image: frames[0], frames };
    },
  };
}

/** Ground that rises towards the back, with hills on it; unknown at the border, as a depth camera leaves it. */
function hills(): Float32Array {
  return Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    if (Math.min(x, y, WIDTH - 1 - x, HEIGHT - 1 - y) < 12) return Number.NaN;
    return 2 + (8 * (HEIGHT - y)) / HEIGHT + Math.sin(x / 40) * Math.cos(y / 30);
  });
}

async function holdMemory(
  source: Source & Frames,
  tasks: readonly { readonly task: Task }[],
  rows: number,
): Promise<void> {
  const samples: number[] = [];
  for (let row = 0; row < rows; row++) {
    const { task } = tasks[row % tasks.length];
    const [picture, others] = await read(source, task, row);
    const problem = posed(picture, task, others, row);
    for (const image of isSkip(problem) ? [] : problem.images) encodePng(image);
    samples.push(process.memoryUsage.rss() / 2 ** 20);
    if ((row + 1) % Math.ceil(rows / 10) === 0) console.log(`${Math.round(samples[row])} MB after ${row + 1} rows`);
  }
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [second, last] = [mean(samples.slice(rows / 4, rows / 2)), mean(samples.slice((rows * 3) / 4))];
  console.log(`mean of the second quarter ${Math.round(second)} MB, of the last ${Math.round(last)} MB`);
  if (last > 1.1 * second) process.exitCode = 1;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
