import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { estimate, UserError } from "@ssl4rl/core";
import {
  type Arm,
  chanceOf,
  type EvaluationRecord,
  type Recipe,
  RunFolder,
  recipeArms,
  type SampleRecord,
  type TaskScore,
  Watch,
} from "@ssl4rl/trainer";
import type { Trainer } from "./launch-folder.js";
import { type JobRecord, RecordReader, type ToldGroup, type ToldTasks } from "./records.js";
import { stepMetrics } from "./step-metrics.js";

/** `job.json` in the folder of a run on a cluster. It holds no secrets. */
export interface RemoteJob {
  readonly cluster: string;
  readonly id: string;
  readonly trainer: Trainer;
  /** Folders as the cluster finds them. */
  readonly data: string;
  readonly out: string;
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** When it was submitted, as ISO 8601. */
  readonly submitted: string;
  /** A checkpoint in Hugging Face layout, once it was asked for. */
  readonly merged?: string;
}

/**
 * The folder of a run on a cluster, beside what every run has:
 *
 *     job.json    where it runs
 *     launch/     what was sent there
 *     log.txt     the job's log as far as it was read, in whole lines
 *
 * Metrics, samples and evaluations follow from the log alone. A line is taken before it is kept, and may be taken twice: so the
 * folder is the same whenever its reader was killed.
 */
export class RemoteRun {
  private readonly reader = new RecordReader();
  private readonly arms: readonly Arm[];
  private readonly watch: Watch;
  private lastStep: number;

  private constructor(
    readonly folder: RunFolder,
    readonly job: RemoteJob,
  ) {
    const { recipe } = folder;
    this.arms = recipeArms(recipe);
    this.watch = new Watch({ ...recipe, chance: new Map(this.arms.map((arm) => [arm.label, chanceOf(arm)])) });
    const metrics = folder.readMetrics();
    this.lastStep = metrics.at(-1)?.step ?? -1;
    folder.writeWarnings(metrics.flatMap((step) => this.watch.next(step)));
    // A record may have been cut in two by the end of its reader.
    this.read(this.log);
  }

  static create(path: string, recipe: Recipe, job: RemoteJob): RemoteRun {
    const folder = RunFolder.create(path, recipe);
    folder.write("job.json", `${JSON.stringify(job, null, 1)}\n`);
    return new RemoteRun(folder, job);
  }

  static open(path: string): RemoteRun {
    const file = join(path, "job.json");
    if (!existsSync(file)) throw new UserError(`${path} is no run on a cluster: job.json is missing.`);
    return new RemoteRun(RunFolder.open(path), JSON.parse(readFileSync(file, "utf8")) as RemoteJob);
  }

  get path(): string {
    return this.folder.path;
  }

  /** Characters of the log that are taken. */
  get logLength(): number {
    return this.log.length;
  }

  /** Takes more of the log, in whole lines; gives the records in it. */
  take(text: string): JobRecord[] {
    const records = this.read(text);
    appendFileSync(join(this.path, "log.txt"), text);
    return records;
  }

  private get log(): string {
    const file = join(this.path, "log.txt");
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  }

  private read(text: string): JobRecord[] {
    const records = text.split("\n").flatMap((line) => this.reader.next(line) ?? []);
    for (const record of records) this.apply(record);
    return records;
  }

  noteMerged(merged: string): void {
    this.folder.write("job.json", `${JSON.stringify({ ...this.job, merged }, null, 1)}\n`);
  }

  private apply(record: JobRecord): void {
    if ("step" in record) this.applyStep(record);
    else if ("validation" in record) this.applyValidation(record);
  }

  private applyStep(record: Extract<JobRecord, { step: number }>): void {
    const { prompts, rollouts, miniBatch = prompts } = this.folder.recipe;
    const shape = { trainer: this.job.trainer, responses: prompts * rollouts, updates: prompts / miniBatch };
    const metrics = stepMetrics({ ...record, tasks: this.labelled(record.tasks ?? {}) }, shape);
    if (!metrics || metrics.step <= this.lastStep) return;
    if (record.samples) this.writeSamples(`step-${pad(metrics.step)}`, metrics.step, record.samples);
    this.folder.appendMetrics(metrics);
    this.lastStep = metrics.step;
    for (const warning of this.watch.next(metrics)) this.folder.appendWarning(warning);
  }

  private applyValidation({ validation, tasks, samples }: Extract<JobRecord, { validation: number }>): void {
    const record: EvaluationRecord = {
      step: validation,
      source: "the set's validation split",
      tasks: Object.fromEntries(
        Object.entries(this.labelled(tasks)).map(([task, told]) => [task, this.score(task, told)]),
      ),
      // verl does not tell which picture a response is about, so that answers before and after cannot be laid side by side.
      samples: [],
    };
    this.folder.write(join("eval", validation === 0 ? "before.json" : "after.json"), JSON.stringify(record, null, 1));
    this.writeSamples(`validation-${pad(validation)}`, validation, samples);
  }

  private score(task: string, { n, accuracy, format }: ToldTasks[string]): TaskScore {
    const right = Math.round(n * accuracy);
    const answers = Array.from({ length: n }, (_, i) => ({ cluster: String(i), accuracy: i < right ? 1 : 0 }));
    const arm = this.arms.find(({ label, task: { id } }) => label === task || id === task);
    return { ...estimate(answers), chance: arm ? chanceOf(arm) : Number.NaN, formatError: 1 - format };
  }

  /** By the labels of their arms; trainers tell of tasks by their ids, which are the same unless a task has levels. */
  private labelled(tasks: ToldTasks): ToldTasks {
    return Object.fromEntries(Object.entries(tasks).map(([task, told]) => [this.labelOf(task), told]));
  }

  private labelOf(task: string): string {
    const own = this.arms.filter(({ task: { id } }) => id === task);
    return own.length === 1 ? own[0].label : task;
  }

  private writeSamples(name: string, step: number, groups: readonly ToldGroup[]): void {
    const records = groups.map(
      ({ task, prompt, target, responses }): SampleRecord => ({
        step,
        task: this.labelOf(task),
        picture: "",
        prompt,
        images: [],
        labels: [],
        target,
        responses,
      }),
    );
    mkdirSync(join(this.path, "samples"), { recursive: true });
    this.folder.write(
      join("samples", `${name}.jsonl`),
      records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    );
  }
}

function pad(step: number): string {
  return String(step).padStart(6, "0");
}
