import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "@ssl4rl/core";
import type {
  Environment,
  EvaluationRecord,
  Metrics,
  Recipe,
  SampleRecord,
  SkippedPicture,
  Warning,
} from "@ssl4rl/trainer";
import { parse } from "yaml";

/** All that a run folder holds, as far as the run has come. */
export interface Run {
  readonly path: string;
  readonly name: string;
  readonly recipe: Recipe;
  readonly recipeText: string;
  /** Whether it takes place on a cluster (ssl4rl launch). */
  readonly remote: boolean;
  /** An entry for each start. */
  readonly starts: readonly Environment[];
  readonly metrics: readonly Metrics[];
  readonly warnings: readonly Warning[];
  readonly before: EvaluationRecord | null;
  readonly after: EvaluationRecord | null;
  /** Null until the end of training, when the list is written. */
  readonly skipped: readonly SkippedPicture[] | null;
  /** Names of the files with training rollouts, in the order of their steps. */
  readonly sampleFiles: readonly string[];
}

export function readRun(path: string): Run {
  const recipeText = readText(path, "recipe.yaml");
  if (recipeText === null) {
    throw new UserError(`No run in ${path}: recipe.yaml is missing. Name the folder that a training run wrote.`);
  }
  const samples = join(path, "samples");
  return {
    path,
    name: basename(resolve(path)),
    recipe: read(path, "recipe.yaml", () => parse(recipeText) as Recipe),
    recipeText,
    remote: existsSync(join(path, "job.json")),
    starts: readJson<Environment[]>(path, "environment.json") ?? [],
    metrics: readLines<Metrics>(path, "metrics.jsonl"),
    warnings: readLines<Warning>(path, "warnings.jsonl"),
    before: readJson<EvaluationRecord>(path, join("eval", "before.json")),
    after: readJson<EvaluationRecord>(path, join("eval", "after.json")),
    skipped: readJson<SkippedPicture[]>(path, "skipped.json"),
    sampleFiles: (existsSync(samples) ? readdirSync(samples) : [])
      .filter((name) => /^step-\d+\.jsonl$/.test(name))
      .sort((a, b) => stepOf(a) - stepOf(b)),
  };
}

/** The problems of one of {@link Run.sampleFiles}. */
export function readSamples(run: Run, file: string): SampleRecord[] {
  return readLines<SampleRecord>(run.path, join("samples", file));
}

function stepOf(file: string): number {
  return Number(/\d+/.exec(file)![0]);
}

function readText(path: string, name: string): string | null {
  const file = join(path, name);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

function readJson<T>(path: string, name: string): T | null {
  const text = readText(path, name);
  return text === null ? null : read(path, name, () => JSON.parse(text) as T);
}

/** Whole lines only: a run killed while writing, or still writing, leaves a torn last line. */
function readLines<T>(path: string, name: string): T[] {
  const lines = (readText(path, name) ?? "").split("\n").slice(0, -1);
  return lines.map((line, i) => read(path, `${name}, line ${i + 1}`, () => JSON.parse(line) as T));
}

function read<T>(path: string, where: string, parseText: () => T): T {
  try {
    return parseText();
  } catch (error) {
    throw new UserError(`${join(path, where)} cannot be read: ${(error as Error).message.split("\n")[0]}`);
  }
}
