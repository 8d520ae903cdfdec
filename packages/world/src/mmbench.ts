import { open, rename } from "node:fs/promises";
import { encodePng, Random } from "@ssl4rl/core";
import { composeScene } from "./compose.js";
import type { WorldQuestion } from "./questions/view.js";
import { questionsAbout } from "./questions.js";
import { render } from "./render.js";

export interface MmbenchOptions {
  readonly seed: string;
  /** How many questions, one for each picture. */
  readonly questions: number;
  /** Side of the pictures in pixels. */
  readonly size: number;
  /**
   * MMBench's circular file: each question once for every turn of its options, turn k with index i + k * 1000000.
   * Without it each question stands once.
   */
  readonly circular: boolean;
}

const columns = [
  "index",
  "question",
  "hint",
  "A",
  "B",
  "C",
  "D",
  "answer",
  "category",
  "l2-category",
  "image",
  "source",
  "split",
] as const;

const letters = ["A", "B", "C", "D"] as const;

/** One row of the benchmark: a question about a picture, its options turned. */
export interface MmbenchQuestion {
  /** Turn k of question number i has the index i + k * 1000000. */
  readonly index: number;
  /** Picture i is `composeScene(seed, "mmbench", i)`. */
  readonly picture: number;
  readonly question: WorldQuestion;
}

/**
 * Questions of a benchmark in MMBench's layout. Each is of the group, and in it of the leaf, that has been asked least so
 * far, so all six groups come out even.
 */
export function* mmbenchQuestions({
  seed,
  questions: wanted,
  circular,
}: Omit<MmbenchOptions, "size">): Generator<MmbenchQuestion> {
  const asked = new Map<string, number>();
  const count = (name: string): number => asked.get(name) ?? 0;
  for (let made = 0, i = 0; made < wanted; i++) {
    const questions = questionsAbout(composeScene(seed, "mmbench", i), Random.from(seed, "mmbench questions", i));
    const question = questions.reduce<WorldQuestion | null>((least, next) => {
      const rarer =
        least === null ||
        count(next.group) < count(least.group) ||
        (next.group === least.group && count(leaf(next)) < count(leaf(least)));
      return rarer ? next : least;
    }, null);
    if (question === null) continue;
    for (const name of [question.group, leaf(question)]) asked.set(name, count(name) + 1);
    const turns = circular ? question.options.length : 1;
    for (let turn = 0; turn < turns; turn++) {
      yield { index: made + turn * 1_000_000, picture: i, question: turned(question, turn) };
    }
    made++;
  }
}

/** The picture of a {@link MmbenchQuestion}, as PNG. */
export function mmbenchPicture({ seed, size }: Pick<MmbenchOptions, "seed" | "size">, picture: number): Uint8Array {
  return encodePng(render(composeScene(seed, "mmbench", picture), { width: size, height: size }));
}

/** The benchmark as lines of a table, header first. */
export function* mmbenchLines(options: MmbenchOptions): Generator<string> {
  yield line(columns);
  let last = { picture: -1, image: "" };
  for (const { index, picture, question } of mmbenchQuestions(options)) {
    if (picture !== last.picture) {
      last = { picture, image: Buffer.from(mmbenchPicture(options, picture)).toString("base64") };
    }
    yield row(index, question, last.image);
  }
}

function leaf({ group, category }: WorldQuestion): string {
  return `${group}/${category}`;
}

/** The same question with its options moved on by `turn`. */
function turned(question: WorldQuestion, turn: number): WorldQuestion {
  const n = question.options.length;
  const options = question.options.map((_, i) => question.options[(i + turn) % n]);
  return { ...question, options, answer: (question.answer - turn + n) % n };
}

function row(index: number, question: WorldQuestion, image: string): string {
  const options = letters.map((_, i) => question.options[i] ?? "");
  return line([
    `${index}`,
    question.question,
    "",
    ...options,
    letters[question.answer],
    question.category,
    question.group,
    image,
    "ssl4rl world",
    "dev",
  ]);
}

function line(cells: readonly string[]): string {
  return `${cells.map(quoted).join("\t")}\n`;
}

/** A cell as pandas writes it: in quotes only where it must be, with quotes doubled. */
export function quoted(cell: string): string {
  return /["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Writes {@link mmbenchLines} to a file, which appears only when it is whole. */
export async function writeMmbenchTsv(path: string, options: MmbenchOptions): Promise<void> {
  const unfinished = `${path}.part`;
  const file = await open(unfinished, "w");
  try {
    for (const text of mmbenchLines(options)) await file.write(text);
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}
