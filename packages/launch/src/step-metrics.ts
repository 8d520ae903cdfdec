import type { StepMetrics } from "@ssl4rl/trainer";
import type { JobRecord } from "./records.js";

type StepRecord = Extract<JobRecord, { step: number }>;

/** What the names of one trainer mean in ours. */
interface Names {
  readonly reward: string;
  readonly truncated: string;
  readonly length: string;
  readonly entropy: string;
  readonly kl: string;
  readonly clipped: string;
  readonly loss: string;
  readonly gradNorm: string;
  readonly learningRate: string;
  readonly seconds: string;
}

const verl: Names = {
  reward: "critic/score/mean",
  truncated: "response_length/clip_ratio",
  length: "response_length/mean",
  entropy: "actor/entropy",
  kl: "actor/kl_loss",
  clipped: "actor/pg_clipfrac",
  loss: "actor/loss",
  gradNorm: "actor/grad_norm",
  learningRate: "actor/lr",
  seconds: "perf/time_per_step",
};

const trl: Names = {
  reward: "reward",
  truncated: "completions/clipped_ratio",
  length: "completions/mean_length",
  entropy: "entropy",
  kl: "kl",
  clipped: "clip_ratio/region_mean",
  loss: "loss",
  gradNorm: "grad_norm",
  learningRate: "learning_rate",
  seconds: "step_time",
};

/** verl's stopwatch by the phases of ours: what is not here is left out. */
const PHASES = {
  sampling: ["timing_s/gen"],
  loss: ["timing_s/old_log_prob", "timing_s/ref"],
  backward: ["timing_s/update_actor"],
} as const;

/** What a step of ours is made of in another trainer. */
interface Shape {
  readonly trainer: string;
  /** Responses of a step. */
  readonly responses: number;
  /** Updates of a step. */
  readonly updates: number;
}

/**
 * A step of another trainer in the names of our metrics: the same quantities, but that entropy is that of all tokens, and that
 * `backward` holds the forward pass and the optimiser too. TRL counts updates, and tells of a step with its first. What a trainer
 * does not tell is NaN, which JSON keeps as null. Null for a record that is no step of training.
 */
export function stepMetrics(record: StepRecord, { trainer, responses, updates }: Shape): StepMetrics | null {
  const names = trainer === "trl" ? trl : verl;
  const { step, data, tasks = {}, alike } = record;
  if (typeof data[names.reward] !== "number") return null;
  const told = Object.values(tasks);
  const n = told.reduce((sum, task) => sum + task.n, 0);
  const mean = (value: (task: (typeof told)[number]) => number) =>
    told.reduce((sum, task) => sum + task.n * value(task), 0) / n;
  const value = (name: string) => data[name] ?? Number.NaN;
  const seconds = value(names.seconds);
  const length = value(names.length);
  return {
    step: trainer === "trl" ? Math.floor((step - 1) / updates) : step - 1,
    reward: value(names.reward),
    accuracy: n > 0 ? mean((task) => task.accuracy) : value("acc"),
    formatError: 1 - (n > 0 ? mean((task) => task.format) : value("format")),
    truncated: value(names.truncated),
    length,
    entropy: data[names.entropy] ?? null,
    // Without the term no divergence is measured.
    kl: data[names.kl] ?? 0,
    clipped: data[names.clipped] ?? null,
    zeroVariance: alike ?? value("frac_reward_zero_std"),
    // Before verl 0.9 without the KL term.
    loss: data[names.loss] ?? value("actor/pg_loss"),
    gradNorm: value(names.gradNorm),
    learningRate: value(names.learningRate),
    tasks: Object.fromEntries(
      Object.entries(tasks).map(([task, { n, reward, accuracy }]) => [task, { reward, accuracy, n }]),
    ),
    curriculum: null,
    machine: {
      seconds,
      phases: phases(data),
      tokensPerSecond: (length * responses) / seconds,
      peakBytes: Number.NaN,
    },
  };
}

function phases(data: StepRecord["data"]): StepMetrics["machine"]["phases"] {
  const all = Object.entries(PHASES).map(([phase, names]) => {
    const told = names.flatMap((name) => data[name] ?? []);
    return [phase, told.length > 0 ? told.reduce((sum, seconds) => sum + seconds, 0) : undefined];
  });
  return Object.fromEntries(all.filter(([, seconds]) => seconds !== undefined));
}
