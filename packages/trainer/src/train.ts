import { join } from "node:path";
import { protocols, UserError } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { AdamW, schedules } from "@ssl4rl/torch";
import { type Arm, chanceOf } from "./arm.js";
import { describeEnvironment } from "./environment.js";
import { evaluate, type Graded, scores, type TaskScore } from "./evaluate.js";
import { grpo } from "./grpo.js";
import { NotFinite } from "./not-finite.js";
import { openPolicy, openReference } from "./policy.js";
import { type ArmProblem, ProblemStream, type SkippedPicture, type SourceOf } from "./problem-stream.js";
import { Replica } from "./replica.js";
import type { DamagedCheckpoint, Metrics, RunFolder } from "./run-folder.js";
import { supervised } from "./supervised.js";
import { TaskScheduler } from "./task-scheduler.js";
import { EventFile, scalarsOf } from "./tensorboard.js";
import { type Warning, Watch } from "./watch.js";

export interface TrainInput {
  readonly run: RunFolder;
  /** The starting checkpoint's folder. */
  readonly model: string;
  readonly train: SourceOf;
  readonly heldOut: SourceOf;
  readonly arms: readonly Arm[];
  /** Ask to stop: the step in flight is finished, a checkpoint saved, and the generator ends. An evaluation is left. */
  readonly signal: AbortSignal;
}

export type TrainEvent =
  | { readonly kind: "evaluating"; readonly when: "before" | "after"; readonly done: number; readonly total: number }
  | { readonly kind: "evaluated"; readonly when: "before" | "after"; readonly tasks: Record<string, TaskScore> }
  | { readonly kind: "step"; readonly metrics: Metrics; readonly steps: number }
  | { readonly kind: "warning"; readonly warning: Warning }
  | { readonly kind: "checkpoint"; readonly step: number }
  /** Found on resuming, and set aside; the run goes on from the one before. */
  | { readonly kind: "damaged"; readonly checkpoint: DamagedCheckpoint; readonly from: number }
  | { readonly kind: "stopped"; readonly step: number }
  | { readonly kind: "skipped"; readonly pictures: readonly SkippedPicture[] };

const SAMPLED_PROBLEMS = 4;
const EVALUATION_SAMPLES = 24;

/**
 * One run: evaluate, train by GRPO, evaluate again; everything it learns goes into the run folder. A run folder that holds
 * a checkpoint goes on from it, bit for bit: steps after that checkpoint are taken again with the same outcome.
 */
export async function* train(input: TrainInput): AsyncGenerator<TrainEvent> {
  const { run, heldOut, arms } = input;
  const { recipe } = run;
  const protocol = protocols.find(({ name }) => name === recipe.protocol)!;
  const { latest, damaged } = await run.intactCheckpoint();
  const start = latest?.step ?? 0;
  for (const checkpoint of damaged) yield { kind: "damaged", checkpoint, from: start };
  run.truncate(start);
  const starts = run.recordStart(describeEnvironment(recipe, input.model, start));
  const board = recipe.tensorboard ? new EventFile(eventFile(run, starts), start) : null;

  const policy = openPolicy(recipe, input.model, latest?.folder ?? null);
  const reference = recipe.beta > 0 ? openReference(policy, input.model, recipe) : null;
  const optimizer = new AdamW(policy.model.parameters().values(), {
    lr: recipe.learningRate,
    weightDecay: recipe.weightDecay,
  });
  if (latest) run.loadOptimizer(latest.folder, optimizer);
  const schedule = new TaskScheduler(arms, recipe.seed, recipe.curriculum);
  if (latest) schedule.load(run.loadSchedule(latest.folder), latest.folder);

  const factor = schedules[recipe.schedule]({ steps: recipe.steps, warmup: recipe.warmupSteps });
  const learningRate = (step: number) => recipe.learningRate * factor(step);
  const examStream = new ProblemStream(heldOut, arms, protocol, recipe.seed + 1);
  const exam = await examStream.each(recipe.evaluationQuestions);
  const trainStream = new ProblemStream(input.train, arms, protocol, recipe.seed);

  // Those of the steps before a resumed run's are not met again.
  const known = run.readSkipped();
  const skipped = () => {
    const all = [...known, ...examStream.skipped.values(), ...trainStream.skipped.values()];
    return [...new Map(all.map((one) => [`${one.task}:${one.picture}`, one])).values()];
  };

  if (!run.readEvaluation("before")) yield* examine("before", start, policy, exam, input);
  if (input.signal.aborted) {
    yield { kind: "stopped", step: start };
    return;
  }
  const watch = new Watch({ ...recipe, chance: new Map(arms.map((arm) => [arm.label, chanceOf(arm)])) });
  run.writeWarnings(run.readMetrics().flatMap((metrics) => watch.next(metrics)));
  const replica = recipe.replicas === 2 ? await Replica.open(recipe, input.model) : null;
  const from = { policy, problems: trainStream, schedule, optimizer, learningRate, start };
  const steps = recipe.method === "grpo" ? grpo({ ...from, reference, replica }, recipe) : supervised(from, recipe);
  try {
    for await (const step of steps) {
      const taken = step.metrics.step + 1;
      run.appendMetrics(step.metrics);
      board?.add(step.metrics.step, scalarsOf(step.metrics));
      if ("rollouts" in step && (step.metrics.step % recipe.samplesEvery === 0 || taken === recipe.steps)) {
        run.writeSamples(step, SAMPLED_PROBLEMS);
      }
      yield { kind: "step", metrics: step.metrics, steps: recipe.steps };
      for (const warning of watch.next(step.metrics)) {
        run.appendWarning(warning);
        yield { kind: "warning", warning };
      }
      const stop = input.signal.aborted;
      if (stop || taken % recipe.checkpointEvery === 0 || taken === recipe.steps) {
        // First: a kill in between would lose what a checkpoint's steps have met.
        run.writeSkipped(skipped());
        await run.saveCheckpoint(taken, policy, optimizer, schedule.state());
        yield { kind: "checkpoint", step: taken };
      }
      if (stop) {
        yield { kind: "stopped", step: taken };
        return;
      }
    }
  } catch (error) {
    throw error instanceof NotFinite ? keepBatch(error, run) : error;
  } finally {
    await replica?.close();
  }
  yield { kind: "skipped", pictures: skipped() };
  yield* examine("after", recipe.steps, policy, exam, input);
  if (input.signal.aborted) yield { kind: "stopped", step: recipe.steps };
}

function eventFile(run: RunFolder, starts: number): string {
  return join(run.path, `events.out.tfevents.${String(starts).padStart(4, "0")}`);
}

/** Keeps what a step was to learn from when its numbers were not finite, and says where. */
function keepBatch(error: NotFinite, run: RunFolder): UserError {
  const folder = run.writeStopped(error);
  const checkpoint = run.latestCheckpoint()?.folder;
  return new UserError(
    `${error.message} Its problems and rollouts are in ${folder}. A resumed run would come to the same end: begin another` +
      `${checkpoint ? `, perhaps from a checkpoint (the last one: model: ${checkpoint})` : ""}.`,
  );
}

async function* examine(
  when: "before" | "after",
  step: number,
  policy: Checkpoint,
  exam: readonly ArmProblem[],
  { run, heldOut, arms, signal }: TrainInput,
): AsyncGenerator<TrainEvent> {
  const graded: Graded[] = [];
  for await (const pass of evaluate(policy, exam, { ...run.recipe, promptsPerPass: 2 * run.recipe.promptsPerPass })) {
    graded.push(...pass);
    yield { kind: "evaluating", when, done: graded.length, total: exam.length };
    if (signal.aborted) return;
  }
  const tasks = scores(graded);
  run.writeEvaluation(
    when,
    { step, source: [...new Set(arms.map(({ task }) => heldOut(task).name))].join(", "), tasks, graded },
    EVALUATION_SAMPLES,
  );
  yield { kind: "evaluated", when, tasks };
}
