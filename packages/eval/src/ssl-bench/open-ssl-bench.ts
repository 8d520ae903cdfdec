import { createHash } from "node:crypto";
import { encodePng, type Problem, type Task } from "@ssl4rl/core";
import { taskNamed } from "@ssl4rl/tasks";
import type { OpenBenchmark } from "../benchmark.js";
import type { Question, QuestionImage, Target } from "../question.js";
import { ROWS_PER_COLUMN, type SslBench, type SslColumn } from "./ssl-bench.js";

/** Where the questions of a bench's columns come from: question `turn` of column number `column` is always the same. */
export interface ColumnProblems {
  /** The true answer, which is known before the question is made. */
  target(column: number, turn: number): string;
  pose(column: number, turn: number): Promise<Problem>;
}

export interface SslPictures {
  /** Says where the pictures come from, for people. */
  readonly name: string;
  readonly length: number;
  /** Side in pixels of the pictures that tasks emit. */
  readonly size: number;
}

/** The tasks of a bench's columns. */
export function tasksOf({ columns }: SslBench, size: number): Task[] {
  return columns.map(({ task, options }) => taskNamed(task).create({ size, ...options }));
}

/**
 * The questions of a self-supervised bench: row after row, one of each column, so that the first of them are of all columns.
 * Each is made when its pictures are asked for, and not kept. The first of each column are made at once: they show whether the
 * pictures can carry the tasks (a UserError where they cannot), and tell one set of pictures from another.
 */
export async function openSslBench(
  benchmark: SslBench,
  { name, length, size }: SslPictures,
  problems: ColumnProblems,
): Promise<OpenBenchmark> {
  const forms: Form[] = [];
  const keys: string[] = [];
  for (const [number, task] of tasksOf(benchmark, size).entries()) {
    const problem = await problems.pose(number, 0);
    keys.push(problem.key.slice(0, -problem.protocol.name.length));
    forms.push({ number, column: benchmark.columns[number], task, ...formOf(problem) });
  }
  const questions = Array.from(
    { length: ROWS_PER_COLUMN * forms.length },
    (_, i) => new SslQuestion(forms[i % forms.length], Math.floor(i / forms.length), problems),
  );
  const first = createHash("sha256").update(JSON.stringify(keys)).digest("hex").slice(0, 16);
  return { benchmark, files: [name], questions, skipped: [], settings: { size, pictures: length, first } };
}

/** What all questions of a column have in common. */
interface Form {
  readonly number: number;
  readonly column: SslColumn;
  readonly task: Task;
  readonly text: string;
  /** How many pictures each shows. */
  readonly images: number;
}

/** Pictures stand where they do in training: each behind its label, or one after the other. */
function formOf({ images, labels, task }: Problem): Pick<Form, "text" | "images"> {
  const marks = images.map((_, i) => (labels.length > 0 ? `${labels[i]} <image>\n` : "<image>"));
  return { text: `${marks.join("")}${task.prompt}`, images: images.length };
}

/** Small, for there are 50,000 of them. */
class SslQuestion implements Question {
  constructor(
    private readonly form: Form,
    private readonly turn: number,
    private readonly problems: ColumnProblems,
  ) {}

  get id(): string {
    return `${this.form.column.code}/${this.turn}`;
  }

  get group(): string {
    return this.id;
  }

  get text(): string {
    return this.form.text;
  }

  get labels(): Question["labels"] {
    return { column: this.form.column.code };
  }

  get target(): Target {
    const { number, task } = this.form;
    return { kind: "answer", answer: this.problems.target(number, this.turn), spec: task.answers.spec };
  }

  get images(): QuestionImage[] {
    return Array.from({ length: this.form.images }, (_, i) => ({
      name: `${this.id} picture ${i + 1}`,
      bytes: async () => encodePng((await this.pose()).images[i]),
    }));
  }

  async picture(): Promise<string> {
    return (await this.pose()).picture;
  }

  private posing: Promise<Problem> | null = null;

  /** Who asks while it is being made gets the same one. */
  private pose(): Promise<Problem> {
    this.posing ??= this.problems.pose(this.form.number, this.turn).finally(() => {
      this.posing = null;
    });
    return this.posing;
  }
}
