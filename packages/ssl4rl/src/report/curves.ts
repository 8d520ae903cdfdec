import type { Recipe, StepMetrics } from "@ssl4rl/trainer";
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
export function curves(metrics: readonly StepMetrics[], recipe: Recipe, chance: ReadonlyMap<string, number>): Html {
  if (metrics.length === 0) return html`<p>No steps have been taken yet.</p>`;
  const [main, ...others] = charts(metrics, recipe, chance);
  const reach = smoothingReach(main);
  return html`<p>${
    reach > 0
      ? `Thin: each step. Bold: smoothed over ${count(reach, "step")} to either side.`
      : "Each step as it was measured; too few steps to smooth."
  } Figures beside a title are the first and last value of the line.</p>
${solved(metrics, chance)}
<div class="charts">
${figure(main, html`<div class="wide">${lineChart(main, large)}</div><div class="narrow">${lineChart(main, small)}</div>`, "main")}
${others.map((chart) => figure(chart, lineChart(chart, small), "small"))}
</div>`;
}

function charts(metrics: readonly StepMetrics[], recipe: Recipe, chance: ReadonlyMap<string, number>): LineChart[] {
  const steps = metrics.map(({ step }) => step);
  const tasks = [...new Set(metrics.flatMap((step) => Object.keys(step.tasks)))];
  // JSON turns a value that is not finite into null; a task may sit out a step.
  const series = (name: string, value: (step: StepMetrics) => number | null | undefined): Series => ({
    name,
    values: metrics.map((step) => value(step) ?? Number.NaN),
  });
  const perTask = (value: "accuracy" | "reward") =>
    tasks.map((task) => series(task, (step) => step.tasks[task]?.[value]));
  const single = (title: string, unit: string, value: (step: StepMetrics) => number): LineChart => ({
    title,
    unit,
    steps,
    series: [series(title.toLowerCase(), value)],
  });
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
      series: perTask("accuracy"),
      range: [0, 1],
      references: [...levels].map(([value, names]) => ({
        value,
        label: `chance${levels.size > 1 ? ` of ${names.join(", ")}` : ""} ${percent(value)}`,
      })),
    },
    rewardSaysMore ? { title: "Reward", unit: "mean per rollout", steps, series: perTask("reward") } : null,
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
    {
      ...single("Gradient norm", "before clipping", (step) => step.gradNorm),
      references: [{ value: recipe.gradientClip, label: `clipped at ${recipe.gradientClip}` }],
    },
    metrics.some((step) => step.kl !== 0)
      ? single("KL from the start", "nats per token (k3)", (step) => step.kl)
      : null,
    { ...single("Learning rate", "AdamW step size", (step) => step.learningRate), exact: true },
    single("Time", "seconds per step", (step) => step.seconds),
    scheduled("Share of the prompts", "set by the curriculum", "shares", { shares: true }),
    scheduled("Ladder", "level, 0 the easiest", "ladder"),
  ];
  return list.filter((chart) => chart !== null);
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
