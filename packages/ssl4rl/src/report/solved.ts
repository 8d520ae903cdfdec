import type { StepMetrics } from "@ssl4rl/trainer";
import { smooth, smoothingReach } from "./line-chart.js";
import { foreign, type Html, html } from "./page.js";

/** Of the way from chance to always right. */
const SOLVED = 0.95;

/** Says at which step the smoothed accuracy of each task first counted as solved; nothing where no chance level is known. */
export function solved(metrics: readonly StepMetrics[], chance: ReadonlyMap<string, number>): Html | null {
  const tasks = [...new Set(metrics.flatMap((step) => Object.keys(step.tasks)))].filter((task) => chance.has(task));
  if (tasks.length === 0) return null;
  const steps = metrics.map(({ step }) => step);
  const reach = smoothingReach({ steps });
  const reached = tasks.map((task) => {
    const level = chance.get(task)! + SOLVED * (1 - chance.get(task)!);
    const values = metrics.map((step) => step.tasks[task]?.accuracy ?? Number.NaN);
    return { task, step: steps[smooth(values, reach).findIndex((value) => value >= level)] };
  });
  const list = (some: typeof reached) =>
    some.map(
      ({ task, step }, i) =>
        html`${i > 0 ? ", " : null}${foreign(task)}${step === undefined ? null : ` at step ${step}`}`,
    );
  const [yes, no] = [true, false].map((done) => reached.filter(({ step }) => (step !== undefined) === done));
  return html`<p>Solved means 95% of the way from chance to always right, by rollouts as they are sampled. ${
    yes.length ? html`First reached: ${list(yes)}. ` : null
  }${no.length ? html`Not reached: ${list(no)}.` : null}</p>`;
}
