import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { encodePng, protocols, Random } from "@ssl4rl/core";
import { type BuiltRow, hashFile, type Layout, refusal } from "@ssl4rl/data";
import { type Arm, type ArmProblem, ProblemStream, type SkippedPicture, type SourceOf } from "@ssl4rl/trainer";
import { imageTokens, QWEN2_5_VL } from "./image-tokens.js";
import type { FileOfSet, Plan, Split } from "./plan.js";
import { mostTextTokens } from "./text-tokens.js";

/** A file that is there whole, and what is in it. */
export interface FileRecord {
  readonly name: string;
  readonly split: Split;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** By the label of their arm. */
  readonly tasks: Readonly<Record<string, TaskCount>>;
  /** Pictures that a task could not use; another one took the place of each. */
  readonly skipped: readonly SkippedPicture[];
}

export interface TaskCount {
  readonly rows: number;
  readonly images: number;
  /** {@link imageTokens} of all images, as Qwen2.5-VL has them. */
  readonly imageTokens: number;
  /** Pictures of the row that has most. */
  readonly mostImages: number;
  /** No prompt has more tokens than this: those of its pictures and {@link mostTextTokens}. */
  readonly mostPromptTokens: number;
}

/** Where a file's rows come from. */
export interface Workshop {
  readonly plan: Plan;
  readonly arms: readonly Arm[];
  readonly layout: Layout;
  /** The pictures of a split, for a task. */
  readonly sourceOf: (split: Split) => SourceOf;
}

/** Rows of a split, made on demand: row `index` follows from the plan, the pictures and the index alone. */
export function rowStream({ plan, arms, sourceOf }: Workshop, split: Split): ProblemStream {
  const protocol = protocols.find(({ name }) => name === plan.protocol)!;
  // Each split has draws of its own: an answer says nothing of the answer at the same place in another.
  return new ProblemStream(sourceOf(split), arms, protocol, Random.from("build", plan.seed, split).uint32());
}

/** Makes one file of the set and puts it into `out`, whole or not at all. */
export async function makeFile(file: FileOfSet, workshop: Workshop, out: string): Promise<FileRecord> {
  const stream = rowStream(workshop, file.split);
  const tasks: Record<string, TaskCount> = {};
  const path = join(out, file.name);
  const partial = `${path}.partial`;
  const written = await writeWhole().catch(async (error) => {
    await rm(partial, { force: true });
    throw refusal(path, error, "--out");
  });
  return {
    name: file.name,
    split: file.split,
    rows: file.end - file.start,
    ...written,
    tasks,
    skipped: [...stream.skipped.values()],
  };

  async function writeWhole() {
    await rm(partial, { force: true });
    const pictures = workshop.arms.some(({ task }) => task.needs !== "graph");
    await workshop.layout.write(partial, rows(), pictures);
    const written = await hashFile(partial);
    await rename(partial, path);
    return written;
  }

  async function* rows(): AsyncGenerator<BuiltRow> {
    for (let index = file.start; index < file.end; index++) {
      const problem = await stream.get(index);
      const { label } = problem.arm;
      const row = builtRow(problem, index, file.split, workshop.plan);
      const count = countOf(row);
      tasks[label] = label in tasks ? addCounts(tasks[label], count) : count;
      yield row;
    }
  }
}

function builtRow(problem: ArmProblem, index: number, split: Split, { reward }: Plan): BuiltRow {
  return {
    index,
    split,
    task: problem.task.id,
    options: problem.task.options,
    prompt: problem.prompt,
    images: problem.images.map((image) => ({ bytes: encodePng(image), width: image.width, height: image.height })),
    labels: problem.labels,
    target: problem.target,
    answer: problem.answers.spec,
    protocol: problem.protocol.name,
    reward,
    picture: problem.picture,
    key: problem.key,
  };
}

function countOf(row: BuiltRow): TaskCount {
  const tokens = imageTokens(row.images, QWEN2_5_VL);
  const mostPromptTokens = tokens + mostTextTokens(row);
  const images = row.images.length;
  return { rows: 1, images, imageTokens: tokens, mostImages: images, mostPromptTokens };
}

export function addCounts(a: TaskCount, b: TaskCount): TaskCount {
  return {
    rows: a.rows + b.rows,
    images: a.images + b.images,
    imageTokens: a.imageTokens + b.imageTokens,
    mostImages: Math.max(a.mostImages, b.mostImages),
    mostPromptTokens: Math.max(a.mostPromptTokens, b.mostPromptTokens),
  };
}
