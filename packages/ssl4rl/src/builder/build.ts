import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { type Need, UserError } from "@ssl4rl/core";
import { layoutNamed, openStored, rewardFile, type SkippedFile, type Stored } from "@ssl4rl/data";
import { launchFile, type Training } from "@ssl4rl/launch";
import type { SkippedPicture } from "@ssl4rl/trainer";
import { recipeTasks } from "../recipes.js";
import { itemsOf } from "../sources.js";
import type { Job } from "./build-worker.js";
import { addCounts, type FileRecord, type TaskCount } from "./make-file.js";
import { needsFiles, planGraph } from "./open-kinds.js";
import { type FileOfSet, filesOf, fingerprintOf, type Plan, rowsOf, type Split, splits } from "./plan.js";
import { SetFolder } from "./set-folder.js";
import { deal, type Finding, type Survey } from "./survey.js";
import { Workers } from "./workers.js";

export interface BuildOptions {
  readonly out: string;
  readonly workers: number;
  /** The files that this process makes: every `count`-th, beginning with number `index` (from 0). */
  readonly shard: { readonly index: number; readonly count: number };
  readonly resume: boolean;
  /** How the launch file beside the rows trains on them. */
  readonly training: Training;
  /** Asked before every file: once true, no new one is begun. */
  readonly stop: () => boolean;
  readonly progress: (text: string) => void;
}

/** `manifest.json`: what the set is and how it came about. */
export interface Manifest {
  readonly plan: Plan;
  readonly fingerprint: string;
  /** Pictures by split, for each kind of source. */
  readonly pictures: Readonly<Record<string, Readonly<Record<Split, number>>>>;
  /** Pictures that no row is made of. */
  readonly leftOut: readonly SkippedFile[];
  readonly tasks: Readonly<Record<string, TaskCount>>;
  /** Pictures that one task could not use. */
  readonly skipped: readonly SkippedPicture[];
  readonly files: readonly Omit<FileRecord, "tasks" | "skipped">[];
}

/** Pictures a worker looks at for one answer. */
const LOOK = 64;

/**
 * Builds a set of rows in `out`. The bytes of every file follow from the plan and the pictures alone, whatever the number of
 * workers, the shards and the interruptions. Gives the manifest once all files of all shards are there, else null.
 */
export async function build(plan: Plan, options: BuildOptions): Promise<Manifest | null> {
  const layout = layoutNamed(plan.format);
  const folder = SetFolder.open(options.out, options.resume);
  let stored: Stored | null = null;
  let workers: Workers | null = null;
  try {
    const tasks = recipeTasks(plan);
    if (needsFiles(plan, tasks)) stored = await openStored(plan.images, { spool: folder.spool });
    const graph = (await planGraph(plan, tasks, options.progress))?.data ?? null;
    workers = await Workers.start(options.workers, { plan, out: options.out, graph }, stored);
    const surveys = await surveyAll(workers, plan, options);
    const fingerprint = fingerprintOf(
      plan,
      [...surveys.values()].flatMap(({ ids }) => ids),
    );
    folder.claim(fingerprint);
    await workers.tell({ kind: "deal", places: new Map([...surveys].map(([need, { places }]) => [need, places])) });

    const files = filesOf(plan, layout.extension);
    const own = files.filter((_, k) => k % options.shard.count === options.shard.index);
    const missing: FileOfSet[] = [];
    for (const file of own) if (!(await folder.soundRecordOf(file))) missing.push(file);
    let made = 0;
    const jobs = missing.map((file): Job => ({ kind: "make", file }));
    await workers.share<FileRecord>(
      jobs,
      (record) => {
        folder.keepRecord(record);
        options.progress(`${++made} of ${missing.length} files, now ${record.name}`);
      },
      options.stop,
    );
    const whole = files.map((file) => folder.recordOf(file));
    if (whole.some((record) => !record)) return null;
    const manifest = summarise(plan, fingerprint, surveys, whole as FileRecord[]);
    copyFileSync(rewardFile, join(options.out, "reward.py"));
    const launch = launchFile(plan.format, {
      ...options.training,
      rows: rowsOf(plan),
      counts: Object.values(manifest.tasks),
    });
    if (launch) folder.write(launch.name, launch.text);
    folder.write("manifest.json", `${JSON.stringify(manifest, null, 1)}\n`);
    return manifest;
  } finally {
    await workers?.close();
    await stored?.close();
    folder.sweep();
  }
}

async function surveyAll(
  workers: Workers,
  plan: Plan,
  { progress }: BuildOptions,
): Promise<ReadonlyMap<Need | null, Survey>> {
  const surveys = new Map<Need | null, Survey>();
  for (const [need, { name, length, skipped }] of workers.ready) {
    const jobs = Array.from({ length: Math.ceil(length / LOOK) }, (_, k): Job => {
      return { kind: "look", need, from: k * LOOK, to: Math.min(length, (k + 1) * LOOK) };
    });
    const found: Finding[][] = [];
    let looked = 0;
    await workers.share<Finding[]>(jobs, (findings, job) => {
      found[job] = findings;
      looked += findings.length;
      progress(`${looked} of ${length} ${itemsOf(need)} of ${name} looked at`);
    });
    const dealt = deal(found.flat(), plan.shares);
    const survey = { ...dealt, skipped: [...skipped, ...dealt.skipped] };
    for (const split of splits) {
      if (rowsOf(plan)[split] > 0 && survey.places[split].length === 0) throw noItems(need, name, split, survey);
    }
    surveys.set(need, survey);
  }
  return surveys;
}

function noItems(need: Need | null, name: string, split: Split, { ids, skipped }: Survey): UserError {
  const reasons = skipped.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
  const detail = ids.length > 0 ? `${ids.length} can be used` : `none can be used, e.g. ${reasons.join("; ")}`;
  return new UserError(
    `None of the ${itemsOf(need)} of ${name} falls to the ${split} split (${detail}). Use more of them, or change --validation and --test.`,
  );
}

function summarise(
  plan: Plan,
  fingerprint: string,
  surveys: ReadonlyMap<Need | null, Survey>,
  records: readonly FileRecord[],
): Manifest {
  const tasks: Record<string, TaskCount> = {};
  const skipped = new Map<string, SkippedPicture>();
  for (const record of records) {
    for (const [task, count] of Object.entries(record.tasks)) {
      tasks[task] = task in tasks ? addCounts(tasks[task], count) : count;
    }
    for (const one of record.skipped) skipped.set(`${one.task} ${one.picture}`, one);
  }
  const counts = ({ places }: Survey) =>
    Object.fromEntries(splits.map((split) => [split, places[split].length])) as Record<Split, number>;
  return {
    plan,
    fingerprint,
    pictures: Object.fromEntries([...surveys].map(([need, survey]) => [need ?? "images", counts(survey)])),
    leftOut: [...surveys.values()].flatMap((survey) => survey.skipped),
    tasks,
    skipped: [...skipped.values()].sort((a, b) => (`${a.task} ${a.picture}` < `${b.task} ${b.picture}` ? -1 : 1)),
    files: records.map(({ name, split, rows, bytes, sha256 }) => ({ name, split, rows, bytes, sha256 })),
  };
}
