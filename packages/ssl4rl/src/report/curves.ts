import type { Metrics, Phase, Recipe, StepMetrics, SupervisedMetrics } from "@ssl4rl/trainer";
import { groupBy } from "./group-by.js";
import {
  type ChartSize,
  ends,
  type LineChart,
  legendMark,
  lineChart,
  type Series,
  smoothingReach,
} from "./line-chart.js";
import { count, percent } from "./numbers.js";
import { foreign, type Html, html } from "./page.js";
import { solved } from "./solved.js";

const large: ChartSize = { width: 760, height: 470 };
const small: ChartSize = { width: 380, height: 200 };

/** Everything that was measured while training, over steps. `chance` is per task. */
export function curves(metrics: readonly Metrics[], recipe: Recipe, chance: ReadonlyMap<string, number>): Html {
  if (metrics.length === 0) return html`<p>No steps have been taken yet.</p>`;
  const rollouts = metrics.filter((step) => "reward" in step);
  const taught = metrics.filter((step) => "tokenAccuracy" in step);
  const own = taught.length > 0 ? supervisedCharts(taught) : grpoCharts(rollouts, recipe, chance);
  const [main, ...others] = [...own, ...optimiserCharts(metrics, recipe)];
  const reach = smoothingReach(main);
  return html`<p>${
    reach > 0
      ? `Thin: each step. Bold: smoothed over ${count(reach, "step")} to either side.`
      : "Each step as it was measured; too few steps to smooth."
  } Figures beside a title are the first and last value of the line.</p>
${solved(rollouts, chance)}
<div class="charts">
${figure(main, html`<div class="wide">${lineChart(main, large)}</div><div class="narrow">${lineChart(main, small)}</div>`, "main")}
${others.map((chart) => figure(chart, lineChart(chart, small), "small"))}
</div>`;
}

/** What lines are drawn of. */
function linesOf<M extends Metrics>(metrics: readonly M[]) {
  const steps = metrics.map(({ step }) => step);
  // JSON turns a value that is not finite into null; a task may sit out a step.
  const series = (name: string, value: (step: M) => number | null | undefined): Series => ({
    name,
    values: metrics.map((step) => value(step) ?? Number.NaN),
  });
  const perTask = (value: (step: M, task: string) => number | undefined) =>
    tasksOf(metrics).map((task) => series(task, (step) => value(step, task)));
  const single = (title: string, unit: string, value: (step: M) => number | null): LineChart => ({
    title,
    unit,
    steps,
    series: [series(title.toLowerCase(), value)],
  });
  return { steps, series, perTask, single };
}

function tasksOf(metrics: readonly Metrics[]): string[] {
  return [...new Set(metrics.flatMap((step) => Object.keys(step.tasks)))];
}

function supervisedCharts(metrics: readonly SupervisedMetrics[]): LineChart[] {
  const { steps, perTask } = linesOf(metrics);
  return [
    {
      title: "Loss",
      unit: "nats per token of the right answer",
      steps,
      series: perTask(({ tasks }, task) => tasks[task]?.loss),
    },
    {
      title: "Tokens right",
      unit: "share that was the likeliest",
      shares: true,
      steps,
      series: perTask(({ tasks }, task) => tasks[task]?.tokenAccuracy),
      range: [0, 1],
    },
  ];
}

function optimiserCharts(metrics: readonly Metrics[], recipe: Recipe): LineChart[] {
  const { steps, series, single } = linesOf(metrics);
  return [
    {
      ...single("Gradient norm", "before clipping", (step) => step.gradNorm),
      references: [{ value: recipe.gradientClip, label: `clipped at ${recipe.gradientClip}` }],
    },
    { ...single("Learning rate", "AdamW step size", (step) => step.learningRate), exact: true },
    {
      title: "Time",
      unit: "seconds per step",
      steps,
      series: [
        series("whole step", (step) => step.machine.seconds),
        ...longPhases(metrics).map((phase) => series(phase, (step) => step.machine.phases[phase])),
      ],
    },
    single("Throughput", "response tokens per second", (step) => step.machine.tokensPerSecond),
  ];
}

function grpoCharts(metrics: readonly StepMetrics[], recipe: Recipe, chance: ReadonlyMap<string, number>): LineChart[] {
  const { steps, series, perTask, single } = linesOf(metrics);
  const tasks = tasksOf(metrics);
  /** What the curriculum set, a line for each task; null where it set nothing. */
  const scheduled = (
    title: string,
    unit: string,
    what: "shares" | "ladder",
    more: Partial<LineChart> = {},
  ): LineChart | null => {
    const names = [...new Set(metrics.flatMap(({ curriculum }) => Object.keys(curriculum?.[what] ?? {})))];
    const lines = names.map((name) => series(name, (step) => step.curriculum?.[what][name]));
    const of = names.length === 1 ? ` of ${names[0]}` : "";
    return names.length > 0 ? { title: `${title}${of}`, unit, steps, series: lines, exact: true, ...more } : null;
  };
  const levels = groupBy(
    tasks.filter((task) => chance.has(task)),
    (task) => chance.get(task)!,
  );
  const rewardSaysMore = metrics.some((step) => Math.abs(step.reward - step.accuracy) > 1e-9);
  const list: (LineChart | null)[] = [
    {
      title: rewardSaysMore ? "Accuracy" : "Accuracy, which is the reward",
      unit: "rollouts answered right",
      shares: true,
      steps,
      series: perTask(({ tasks }, task) => tasks[task]?.accuracy),
      range: [0, 1],
      references: [...levels].map(([value, names]) => ({
        value,
        label: `chance${levels.size > 1 ? ` of ${names.join(", ")}` : ""} ${percent(value)}`,
      })),
    },
    rewardSaysMore
      ? { title: "Reward", unit: "mean per rollout", steps, series: perTask(({ tasks }, task) => tasks[task]?.reward) }
      : null,
    {
      ...single("Completion length", "tokens", (step) => step.length),
      references: [{ value: recipe.maxNewTokens, label: `limit ${recipe.maxNewTokens}` }],
    },
    single("Entropy", "nats per token", (step) => step.entropy),
    {
      title: "Format errors",
      unit: "share of rollouts",
      shares: true,
      steps,
      series: [series("form broken", (step) => step.formatError), series("cut at the limit", (step) => step.truncated)],
    },
    { ...single("Groups all alike", "share that teaches nothing", (step) => step.zeroVariance), shares: true },
    metrics.some(({ kl }) => kl !== null && kl !== 0)
      ? single("KL from the start", `nats per token (${recipe.kl.estimator})`, (step) => step.kl)
      : null,
    scheduled("Share of the prompts", "set by the curriculum", "shares", { shares: true }),
    scheduled("Ladder", "level, 0 the easiest", "ladder"),
  ];
  return list.filter((chart) => chart !== null);
}

/** The five phases that took longest, but none below a hundredth: lines at the bottom say nothing. */
function longPhases(metrics: readonly Metrics[]): Phase[] {
  const seconds = new Map<Phase, number>();
  for (const { machine } of metrics) {
    for (const [phase, took] of Object.entries(machine.phases) as [Phase, number][]) {
      seconds.set(phase, (seconds.get(phase) ?? 0) + took);
    }
  }
  const all = [...seconds.values()].reduce((sum, took) => sum + took, 0);
  return [...seconds]
    .filter(([, took]) => took >= all / 100)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([phase]) => phase);
}

function figure(chart: LineChart, drawing: Html, kind: "main" | "small"): Html {
  const several = chart.series.length > 1;
  return html`<figure class="${kind}">
<figcaption><h3>${chart.title}</h3>
<ul class="legend">${chart.series.map(
    (
      line,
      i,
    ) => html`<li>${several ? html`${legendMark(i)}${foreign(line.name)} ` : null}<span class="ends">${ends(chart, line).join(" → ")}</span></li>
`,
  )}</ul></figcaption>
${drawing}
</figure>
`;
}
