import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { encodePng, type Image, UserError } from "@ssl4rl/core";
import { type Checkpoint, saveCheckpoint, saveLora } from "@ssl4rl/models";
import { type AdamW, readSafetensors, writeSafetensors } from "@ssl4rl/torch";
import { attempt, attemptAsync } from "./attempt.js";
import { bringToDisk, checkpointFault, readManifest, writeManifest } from "./checkpoint-manifest.js";
import type { Environment } from "./environment.js";
import type { Graded, TaskScore } from "./evaluate.js";
import type { Step, StepMetrics } from "./grpo.js";
import type { NotFinite } from "./not-finite.js";
import type { SkippedPicture } from "./problem-stream.js";
import { checkRecipe, parseRecipe, printRecipe, type Recipe } from "./recipe.js";
import type { SupervisedMetrics } from "./supervised.js";
import type { ScheduleState } from "./task-scheduler.js";
import type { Warning } from "./watch.js";

/** A line of `metrics.jsonl`. */
export type Metrics = StepMetrics | SupervisedMetrics;

/** One problem as the run folder keeps it; `images` are paths relative to the folder. */
export interface SampleRecord {
  readonly step: number;
  readonly task: string;
  readonly picture: string;
  readonly prompt: string;
  readonly images: readonly string[];
  readonly labels: readonly string[];
  readonly target: string;
  readonly responses: readonly {
    readonly text: string;
    readonly given: string | null;
    readonly accuracy: number;
    readonly partial: number;
    readonly format: boolean;
    readonly reward: number;
  }[];
}

/** `eval/before.json` and `eval/after.json`. */
export interface EvaluationRecord {
  readonly step: number;
  readonly source: string;
  readonly tasks: Readonly<Record<string, TaskScore>>;
  readonly samples: readonly SampleRecord[];
}

export interface SavedCheckpoint {
  /** How many steps were taken. */
  readonly step: number;
  readonly folder: string;
}

export interface DamagedCheckpoint extends SavedCheckpoint {
  readonly fault: string;
}

/**
 * A run is a folder; viewers read it and nothing else:
 *
 *     recipe.yaml                 every setting
 *     environment.json            machine, versions and code, an entry for each start
 *     metrics.jsonl               a line for each step; warnings.jsonl, one for each warning
 *     samples/step-000010.jsonl   problems with their rollouts, of every samplesEvery-th step; samples/images/*.png
 *     checkpoints/step-000100/    a Hugging Face folder, with trainer_state/ and manifest.json (sizes and SHA-256 of its files);
 *                                 the newest keepCheckpoints of them and the best
 *     best.json                   which that is, and its accuracy; see saveCheckpoint
 *     eval/before.json, after.json
 *     skipped.json, left-out.json pictures no task could use, files that are no pictures
 *     stopped/step-000012/        the batch of a step whose numbers were not finite
 *     events.out.tfevents.0001    for TensorBoard, one for each start, where the recipe asks for it
 *     run.lock                    the process that is writing here
 *     report.html
 *
 * Files are appended to by whole lines, or written under a temporary name, brought to the disk and renamed.
 */
export class RunFolder {
  private constructor(
    readonly path: string,
    readonly recipe: Recipe,
  ) {}

  static create(path: string, recipe: Recipe): RunFolder {
    if (existsSync(join(path, "recipe.yaml"))) {
      throw new UserError(`${path} already holds a run. Go on with --resume, or choose another name with --run.`);
    }
    const run = new RunFolder(path, recipe);
    attempt(path, () => {
      for (const part of ["checkpoints", "eval", join("samples", "images")]) {
        mkdirSync(join(path, part), { recursive: true });
      }
    });
    run.write("recipe.yaml", printRecipe(recipe));
    return run;
  }

  static open(path: string): RunFolder {
    const file = join(path, "recipe.yaml");
    if (!existsSync(file))
      throw new UserError(`No run in ${path}: recipe.yaml is missing. Start one without --resume.`);
    return new RunFolder(path, parseRecipe(readFileSync(file, "utf8"), file));
  }

  /** The same run with another number of steps: a finished run can go on. */
  withSteps(steps: number): RunFolder {
    const run = new RunFolder(this.path, checkRecipe({ ...this.recipe, steps }, this.path));
    run.write("recipe.yaml", printRecipe(run.recipe));
    return run;
  }

  /** Notes what a start runs on. Returns its number, 1 for the first. */
  recordStart(environment: Environment): number {
    const file = join(this.path, "environment.json");
    const before = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Environment[]) : [];
    this.write("environment.json", JSON.stringify([...before, environment], null, 1));
    return before.length + 1;
  }

  appendMetrics(metrics: Metrics): void {
    this.append("metrics.jsonl", metrics);
  }

  readMetrics(): Metrics[] {
    const file = join(this.path, "metrics.jsonl");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n");
    // A run killed while writing leaves a torn last line; every whole line ends with a line break.
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Metrics);
  }

  /** Forgets what was logged from `step` on, and half-written checkpoints: a resumed run takes those steps again. */
  truncate(step: number): void {
    const kept = this.readMetrics().filter((metrics) => metrics.step < step);
    this.write("metrics.jsonl", kept.map((metrics) => `${JSON.stringify(metrics)}\n`).join(""));
    for (const file of readdirSync(join(this.path, "samples"))) {
      const match = /^step-(\d+)\.jsonl$/.exec(file);
      if (match && Number(match[1]) >= step) rmSync(join(this.path, "samples", file));
    }
    for (const folder of readdirSync(join(this.path, "checkpoints"))) {
      if (folder.endsWith(".tmp")) rmSync(join(this.path, "checkpoints", folder), { recursive: true });
    }
    this.prune();
  }

  /** The warnings of all steps that the folder tells of. */
  writeWarnings(warnings: readonly Warning[]): void {
    this.write("warnings.jsonl", warnings.map((warning) => `${JSON.stringify(warning)}\n`).join(""));
  }

  appendWarning(warning: Warning): void {
    this.append("warnings.jsonl", warning);
  }

  /** Keeps the first `count` problems of a step with all their rollouts. */
  writeSamples({ metrics, problems, rollouts }: Step, count: number): void {
    const records = problems.slice(0, count).map((problem, b) => ({
      ...this.sample(metrics.step, problem),
      responses: rollouts[b].map(({ text, verdict, reward }) => ({ text, ...verdict, reward })),
    }));
    const name = join("samples", `step-${pad(metrics.step)}.jsonl`);
    this.write(name, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  }

  writeEvaluation(
    name: "before" | "after",
    evaluation: { step: number; source: string; tasks: Record<string, TaskScore>; graded: readonly Graded[] },
    sampleCount: number,
  ): void {
    const samples = evaluation.graded.slice(0, sampleCount).map(({ problem, response, verdict }) => ({
      ...this.sample(evaluation.step, problem),
      responses: [{ text: response, ...verdict, reward: verdict.accuracy }],
    }));
    const { step, source, tasks } = evaluation;
    const record: EvaluationRecord = { step, source, tasks, samples };
    this.write(join("eval", `${name}.json`), JSON.stringify(record, null, 1));
  }

  readEvaluation(name: "before" | "after"): EvaluationRecord | null {
    const file = join(this.path, "eval", `${name}.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as EvaluationRecord) : null;
  }

  /**
   * Keeps the batch of a step that stopped because its numbers were not finite, with its pictures: `batch.jsonl`, and what
   * was found in `found.json`. Gives the folder.
   */
  writeStopped({ message, finding, batch }: NotFinite): string {
    const folder = join("stopped", `step-${pad(finding.step)}`);
    const images = join(folder, "images");
    attempt(join(this.path, images), () => mkdirSync(join(this.path, images), { recursive: true }));
    const records = batch.problems.map((problem, b) => ({
      ...this.sample(finding.step, problem, images),
      responses: (batch.rollouts[b] ?? []).map(({ text, verdict, reward, advantage, tokens }) => ({
        text,
        ...verdict,
        reward,
        advantage,
        tokens,
      })),
    }));
    this.write(join(folder, "batch.jsonl"), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    this.write(join(folder, "found.json"), JSON.stringify({ ...finding, message }, null, 1));
    return join(this.path, folder);
  }

  writeSkipped(skipped: readonly SkippedPicture[]): void {
    this.write("skipped.json", JSON.stringify(skipped, null, 1));
  }

  readSkipped(): SkippedPicture[] {
    const file = join(this.path, "skipped.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as SkippedPicture[]) : [];
  }

  /**
   * Saves the policy in Hugging Face layout (of LoRA the adapter alone, in PEFT's) with the optimiser's state and that
   * of the schedule beside it, complete under its name or not at all. Then, and not before, drops all but the
   * newest and the best: that of the highest mean accuracy over the `checkpointEvery` steps before it. One that Ctrl-C left
   * between these does not compete, so that a run that was stopped keeps the same best as one that was not.
   */
  async saveCheckpoint(step: number, policy: Checkpoint, optimizer: AdamW, schedule: ScheduleState): Promise<void> {
    const final = this.checkpointPath(step);
    const building = `${final}.tmp`;
    await attemptAsync(final, async () => {
      try {
        if (policy.model.lora) saveLora(building, policy.model, this.recipe.model);
        else saveCheckpoint(building, policy);
        mkdirSync(join(building, "trainer_state"));
        writeSafetensors(join(building, "trainer_state", "optimizer.safetensors"), Object.entries(optimizer.state()));
        writeFileSync(join(building, "trainer_state", "schedule.json"), JSON.stringify(schedule));
        await writeManifest(building, { step, accuracy: this.accuracyBefore(step) });
        // A checkpoint must not outlast the lines of its steps.
        bringToDisk(join(this.path, "metrics.jsonl"));
        renameSync(building, final);
        bringToDisk(join(this.path, "checkpoints"));
      } finally {
        // A full disk gets back what the half of a checkpoint took of it.
        rmSync(building, { recursive: true, force: true });
      }
      this.prune();
    });
  }

  /** Mean accuracy (of supervised steps that of tokens) before a checkpoint; null for one that does not compete. */
  private accuracyBefore(step: number): number | null {
    const { checkpointEvery, steps } = this.recipe;
    if (step % checkpointEvery !== 0 && step !== steps) return null;
    const recent = this.readMetrics().filter((metrics) => metrics.step >= step - checkpointEvery);
    const accuracy = (step: Metrics) => ("accuracy" in step ? step.accuracy : step.tokenAccuracy);
    return recent.reduce((sum, metrics) => sum + accuracy(metrics), 0) / recent.length;
  }

  /** Drops all checkpoints but the newest and the best, and says in best.json which that is, where there is one. */
  private prune(): void {
    const steps = this.checkpointSteps();
    const best = this.recipe.keepBest ? this.bestCheckpoint(steps) : null;
    if (best) {
      const { step, accuracy } = best;
      this.write("best.json", JSON.stringify({ checkpoint: `checkpoints/step-${pad(step)}`, step, accuracy }, null, 1));
    } else {
      // The best may have been set aside as damaged.
      rmSync(join(this.path, "best.json"), { force: true });
    }
    for (const step of steps.slice(0, -this.recipe.keepCheckpoints)) {
      if (step === best?.step) continue;
      // Out of sight in one go, for a kill may come while its files are removed.
      const path = this.checkpointPath(step);
      renameSync(path, `${path}.tmp`);
      rmSync(`${path}.tmp`, { recursive: true });
    }
  }

  /** Of equals the newest. */
  private bestCheckpoint(steps: readonly number[]): { readonly step: number; readonly accuracy: number } | null {
    let best: { readonly step: number; readonly accuracy: number } | null = null;
    for (const step of steps) {
      const accuracy = readManifest(this.checkpointPath(step))?.accuracy ?? null;
      if (accuracy !== null && accuracy >= (best?.accuracy ?? 0)) best = { step, accuracy };
    }
    return best;
  }

  /** The newest complete checkpoint: the number of steps taken, and its folder. */
  latestCheckpoint(): SavedCheckpoint | null {
    const step = this.checkpointSteps().at(-1);
    return step === undefined ? null : { step, folder: this.checkpointPath(step) };
  }

  /**
   * The newest checkpoint whose files are all as they were saved, to go on from; null in a run without any. Damaged ones
   * above it are set aside, as `step-000100.damaged`, and returned too. Throws a UserError when all are damaged.
   */
  async intactCheckpoint(): Promise<{ latest: SavedCheckpoint | null; damaged: DamagedCheckpoint[] }> {
    const damaged: DamagedCheckpoint[] = [];
    for (const step of this.checkpointSteps().reverse()) {
      const folder = this.checkpointPath(step);
      const fault = await checkpointFault(folder);
      if (fault === null) {
        for (const { folder } of damaged) {
          rmSync(`${folder}.damaged`, { recursive: true, force: true });
          renameSync(folder, `${folder}.damaged`);
        }
        return { latest: { step, folder }, damaged };
      }
      damaged.push({ step, folder, fault });
    }
    if (damaged.length === 0) return { latest: null, damaged };
    const faults = damaged.map(({ folder, fault }) => `  ${folder}: ${fault}`);
    throw new UserError(
      `Every checkpoint of this run is damaged:\n${faults.join("\n")}\nPut a good copy of one in its place, or start a new run.`,
    );
  }

  loadOptimizer(folder: string, optimizer: AdamW): void {
    const file = readSafetensors(join(folder, "trainer_state", "optimizer.safetensors"));
    optimizer.load(Object.fromEntries(file.names.map((name) => [name, file.get(name)])));
    file.close();
  }

  /** What decides the problems of the steps after a checkpoint. */
  loadSchedule(folder: string): ScheduleState {
    return JSON.parse(readFileSync(join(folder, "trainer_state", "schedule.json"), "utf8")) as ScheduleState;
  }

  write(name: string, content: string | Uint8Array): void {
    const file = join(this.path, name);
    attempt(file, () => {
      writeFileSync(`${file}.tmp`, content, { flush: true });
      renameSync(`${file}.tmp`, file);
    });
  }

  private append(name: string, line: object): void {
    const file = join(this.path, name);
    attempt(file, () => appendFileSync(file, `${JSON.stringify(line)}\n`));
  }

  private checkpointPath(step: number): string {
    return join(this.path, "checkpoints", `step-${pad(step)}`);
  }

  private checkpointSteps(): number[] {
    return readdirSync(join(this.path, "checkpoints"))
      .flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  private sample(
    step: number,
    problem: Graded["problem"],
    folder = join("samples", "images"),
  ): Omit<SampleRecord, "responses"> {
    const images = problem.images.map((image: Image, i) => {
      const name = join(folder, `${fileName(problem.key)}-${i}.png`);
      if (!existsSync(join(this.path, name))) this.write(name, encodePng(image));
      return name;
    });
    return {
      step,
      task: problem.arm.label,
      picture: problem.picture,
      prompt: problem.prompt,
      images,
      labels: problem.labels,
      target: problem.target,
    };
  }
}

function pad(step: number): string {
  return String(step).padStart(6, "0");
}

function fileName(key: string): string {
  return key.replaceAll(/[^a-zA-Z0-9]+/g, "-").replace(/^-|-$/g, "");
}
