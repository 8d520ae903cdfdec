import type { StepMetrics } from "./grpo.js";
import type { Recipe } from "./recipe.js";
import type { Metrics } from "./run-folder.js";

export type WarningKind = "entropy" | "flat" | "alike" | "kl" | "truncated" | "form alone" | "format";

/** Something in the metrics that asks for a person. */
export interface Warning {
  /** The step whose metrics showed it. */
  readonly step: number;
  readonly kind: WarningKind;
  /** Label of the task it is about; null where it is about all of them. */
  readonly task: string | null;
  /** What is seen, and what can be done. */
  readonly text: string;
}

/** What the metrics are measured against. */
export interface Watched extends Pick<Recipe, "reward" | "maxNewTokens"> {
  /** Accuracy of a blind guess, by the label of the task's arm. */
  readonly chance: ReadonlyMap<string, number>;
}

type Trouble = Omit<Warning, "step">;
type Check = (steps: readonly StepMetrics[], run: Watched) => readonly (Trouble | null)[];

/** Steps whose mean is the present: one step alone is a few hundred answers, and tells little. */
const RECENT = 10;
/** Steps whose mean is the start: few, for entropy may fall from the first update on. */
const START = 5;
/** Steps for which something must have stayed as it is; a model learns the form of answers in about as many. */
const PATIENCE = 30;
/** A trouble not seen for so many steps is over; when it comes back it is said once more. */
const RECOVERED = 20;

/** The demo keeps 27% of its entropy while it learns; with a tenth of it all samples of a group are nearly one. */
const ENTROPY_LEFT = 0.1;
/** Share of the highest reward from which a run is near its end, and low entropy is confidence. */
const SOLVED = 0.9;
/** Share of groups without an advantage: at 0.8 a step learns from a fifth of what it samples. */
const ALIKE = 0.8;
/** Above this accuracy alike groups are mostly right, below 1 minus it mostly wrong. */
const EASY = 0.8;
/** Nats per token. The demo, with its KL term, ends at 0.2; at 1 the policy is e times surer of its tokens than the start. */
const KL_FAR = 1;
/**
 * A rise by this multiple within PATIENCE steps is no drift. Below KL_SMALL it is only the beginning: a short answer, one of
 * four in five tokens, has 0.28 when the model has become sure of it.
 */
const KL_RISE = 10;
const KL_SMALL = 0.3;
/** Share of responses cut off: each is a format error, whatever it would have said. */
const TRUNCATED = 0.25;
const FORMAT_ERRORS = 0.9;
/** Share of the highest reward that better form alone brought in. */
const FORM_GAIN = 0.1;
/** Standard errors beyond which a difference is not noise. */
const BEYOND_NOISE = 2;
/** Fewest steps after which a task is called flat: the demo stays at chance for its first 60, and learns then. */
const FLAT_STEPS = 100;
/**
 * Largest standard error of accuracy with which a task is called flat: one whose accuracy rises by 5 points over the
 * steps looked at then stands four standard errors above chance on their mean.
 */
const FLAT_ERROR = 0.05 / 2 / 4;

/**
 * Watches a run: says what goes wrong, once, and again only when it had been over. What it says of a step follows from
 * the metrics up to that step alone, so that a resumed run that is shown its metrics again says nothing else.
 */
export class Watch {
  private readonly steps: StepMetrics[] = [];
  /** When each trouble was seen last. */
  private readonly seen = new Map<string, number>();

  constructor(private readonly run: Watched) {}

  /** Takes the metrics of the next step; gives what is new. Supervised learning has nothing of what is looked at. */
  next(metrics: Metrics): Warning[] {
    if (!("reward" in metrics)) return [];
    this.steps.push(metrics);
    const warnings: Warning[] = [];
    for (const trouble of checks.flatMap((check) => check(this.steps, this.run))) {
      if (!trouble) continue;
      const key = `${trouble.kind}:${trouble.task}`;
      const last = this.seen.get(key) ?? Number.NEGATIVE_INFINITY;
      if (metrics.step - last > RECOVERED) warnings.push({ step: metrics.step, ...trouble });
      this.seen.set(key, metrics.step);
    }
    return warnings;
  }
}

const entropyCollapses: Check = (steps, { reward }) => {
  const now = steps.slice(-RECENT);
  const [first, last] = [entropies(steps).slice(0, START), entropies(now)];
  if (steps.length < START + RECENT || last.length === 0) return [];
  const [before, after] = [average(first), average(last)];
  const earned = mean(now, (step) => step.reward) / highest(reward);
  if (after >= ENTROPY_LEFT * before || earned >= SOLVED) return [];
  return [
    about(
      "entropy",
      `entropy fell from ${round(before)} to ${round(after)} nats per token while the reward is ${round(earned)} of the ` +
        "highest: the answers of a group are nearly one, and nothing is tried any more. Go back to an earlier checkpoint " +
        "with a lower learningRate, a KL term (beta: 0.01 or more), or an entropy bonus (loss: {entropy: 0.01}).",
    ),
  ];
};

const tasksStayAtChance: Check = (steps, { chance }) =>
  [...chance].map(([task, level]) => {
    const enough = (level * (1 - level)) / FLAT_ERROR ** 2;
    const window: StepMetrics[] = [];
    let answers = 0;
    for (let i = steps.length - 1; i >= 0 && (window.length < FLAT_STEPS || answers < enough); i--) {
      const own = steps[i].tasks[task];
      if (own) window.unshift(steps[i]);
      answers += own?.n ?? 0;
    }
    if (window.length < FLAT_STEPS || answers < enough) return null;
    // Where few answers can be read at all, the form is the trouble.
    if (mean(window, (step) => step.formatError) > 0.5) return null;
    const accuracy = window.map(({ tasks }) => tasks[task].accuracy);
    const rewards = window.map(({ tasks }) => tasks[task].reward);
    const noise = Math.max(Math.sqrt((level * (1 - level)) / answers), standardError(accuracy));
    const now = average(accuracy);
    const learns =
      now > level + BEYOND_NOISE * noise || rises(accuracy, noise) || rises(rewards, standardError(rewards));
    if (learns) return null;
    return {
      kind: "flat",
      task,
      text:
        `${task} is right in ${percent(now)} of the last ${answers} answers, where guessing gives ${percent(level)}, and ` +
        "does not rise: nothing is learnt so far. Try an easier setting of the task, more rollouts, a higher learningRate, or " +
        "start from a checkpoint that was taught it (method: supervised).",
    };
  });

const groupsAreAlike: Check = (steps) => {
  if (steps.length < PATIENCE) return [];
  const window = steps.slice(-PATIENCE);
  const share = mean(window, (step) => step.zeroVariance);
  if (share < ALIKE) return [];
  const accuracy = mean(window, (step) => step.accuracy);
  const [what, remedy] =
    accuracy >= EASY
      ? ["too easy", "make the tasks harder, or end the run"]
      : accuracy <= 1 - EASY
        ? [
            "too hard",
            "take an easier setting of the tasks, more rollouts, or teach the model first (method: supervised)",
          ]
        : ["of two kinds, always right or never", "raise the temperature, or take other settings of the tasks"];
  return [
    about(
      "alike",
      `all rollouts of a problem earned the same in ${percent(share)} of the groups of the last ${PATIENCE} steps, with ` +
        `accuracy ${round(accuracy)}: problems are ${what}, and such groups teach nothing. You could ${remedy}.`,
    ),
  ];
};

const klExplodes: Check = (steps) => {
  if (steps.length < RECENT) return [];
  // Medians: one rare token can make an estimate of e²⁰ in a step.
  const divergence = (some: readonly StepMetrics[]) => median(some.flatMap(({ kl }) => kl ?? []));
  const [before, now] = [steps.slice(-RECENT - PATIENCE, -RECENT), steps.slice(-RECENT)].map(divergence);
  if (now <= KL_FAR && !(now > KL_SMALL && now > KL_RISE * before)) return [];
  return [
    about(
      "kl",
      `the KL divergence from the start is ${round(now)} nats per token${before > 0 ? `, and was ${round(before)}` : ""}: ` +
        "the policy runs away from the model it began as. Lower learningRate, or raise beta.",
    ),
  ];
};

const responsesAreCut: Check = (steps, { maxNewTokens }) => {
  if (steps.length < RECENT) return [];
  const share = mean(steps.slice(-RECENT), (step) => step.truncated);
  if (share < TRUNCATED) return [];
  return [
    about(
      "truncated",
      `${percent(share)} of the responses of the last ${RECENT} steps were cut at maxNewTokens (${maxNewTokens}), and ` +
        "what is cut is no answer. Raise maxNewTokens, or make length cost something (overlong).",
    ),
  ];
};

const formAlonePays: Check = (steps, { reward }) => {
  if (reward.format <= 0 || steps.length < 2 * PATIENCE) return [];
  const [first, last] = [steps.slice(0, PATIENCE), steps.slice(-PATIENCE)];
  const form = (some: readonly StepMetrics[]) => mean(some, (step) => step.formatError);
  const gain = (reward.format * (form(first) - form(last))) / highest(reward);
  const [before, now] = [first, last].map((some) => some.map((step) => step.accuracy));
  const noise = Math.hypot(accuracyError(first), accuracyError(last));
  if (gain < FORM_GAIN || average(now) > average(before) + BEYOND_NOISE * noise) return [];
  return [
    about(
      "form alone",
      `the reward rose from ${round(mean(first, (step) => step.reward))} to ${round(mean(last, (step) => step.reward))} by ` +
        `better form alone: accuracy was ${round(average(before))} and is ${round(average(now))}. Lower reward.format ` +
        "against reward.accuracy, and read some rollouts in the report.",
    ),
  ];
};

const formStaysBroken: Check = (steps) => {
  if (steps.length < PATIENCE) return [];
  const recent = steps.slice(-RECENT);
  const share = mean(recent, (step) => step.formatError);
  // Responses that are cut break the form too, and have a warning of their own.
  if (share < FORMAT_ERRORS || mean(recent, (step) => step.truncated) > 0.5) return [];
  return [
    about(
      "format",
      `${percent(share)} of the responses of the last ${RECENT} steps break the asked form, so that hardly any can earn ` +
        "something. Read some in the report; try another protocol, a reward for the form (reward: {format: 0.2}), or teach " +
        "the model first (method: supervised).",
    ),
  ];
};

const checks: readonly Check[] = [
  entropyCollapses,
  tasksStayAtChance,
  groupsAreAlike,
  klExplodes,
  responsesAreCut,
  formAlonePays,
  formStaysBroken,
];

/** A trouble of all tasks together. */
function about(kind: WarningKind, text: string): Trouble {
  return { kind, task: null, text };
}

/** The most that a response can earn. */
function highest({ accuracy, format }: Watched["reward"]): number {
  return Math.max(accuracy, 0) + Math.max(format, 0);
}

/** Of the steps that learnt from something. */
const entropies = (steps: readonly StepMetrics[]) => steps.flatMap(({ entropy }) => entropy ?? []);

function mean<T>(list: readonly T[], value: (one: T) => number): number {
  return average(list.map(value));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.length === 0 ? 0 : [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Standard error of the mean of steps, from how much they differ: answers to one problem are not independent. */
function standardError(values: readonly number[]): number {
  const middle = average(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** The larger of what steps show and what independent answers would have. */
function accuracyError(steps: readonly StepMetrics[]): number {
  const accuracy = steps.map((step) => step.accuracy);
  const p = average(accuracy);
  const answers = steps.reduce((sum, { tasks }) => sum + Object.values(tasks).reduce((all, { n }) => all + n, 0), 0);
  return Math.max(standardError(accuracy), Math.sqrt((p * (1 - p)) / answers));
}

/** Whether a line fitted through `values` rises by more than noise; `error` is the standard error of their mean. */
function rises(values: readonly number[], error: number): boolean {
  const n = values.length;
  const centre = (n - 1) / 2;
  const middle = average(values);
  const slope = values.reduce((sum, value, i) => sum + (i - centre) * (value - middle), 0) / ((n * (n * n - 1)) / 12);
  // The fitted rise over n steps has √12 times the error of their mean.
  return slope * n > BEYOND_NOISE * Math.sqrt(12) * error;
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const round = (value: number) => String(Number(value.toPrecision(3)));
