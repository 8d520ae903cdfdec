import type { EvaluationRecord, TaskScore } from "@ssl4rl/trainer";
import { intervalBar } from "./interval-bar.js";
import { count, percent } from "./numbers.js";
import { foreign, type Html, html } from "./page.js";

/** Accuracy per task before and after training, with intervals. */
export function scoreTable(before: EvaluationRecord | null, after: EvaluationRecord | null): Html {
  const tasks = [...new Set([before, after].flatMap((record) => Object.keys(record?.tasks ?? {})))];
  return html`<table class="scores">
<thead><tr><th scope="col">Model</th><th scope="col">Accuracy, 95% interval</th>
<th scope="col" class="bar"><span class="scale"><span>0%</span><span>50%</span><span>100%</span></span></th>
<th scope="col">Format errors</th></tr></thead>
${tasks.map((task) => taskRows(task, before?.tasks[task], after?.tasks[task]))}
</table>`;
}

function taskRows(task: string, before: TaskScore | undefined, after: TaskScore | undefined): Html {
  const asked = (after ?? before)!;
  return html`<tbody>
<tr class="task"><th scope="rowgroup" colspan="4"><span class="name">${foreign(task)}</span>
<span class="asked">${count(asked.n, "question")} on ${count(asked.clusters, "picture")}, chance ${percent(asked.chance)}</span>
${before && after ? change(before, after) : null}</th></tr>
${scoreRow("before", before)}
${scoreRow("after", after)}
</tbody>`;
}

function scoreRow(when: "before" | "after", score: TaskScore | undefined): Html {
  if (!score) return html`<tr><th scope="row">${when}</th><td colspan="3" class="quiet">not measured yet</td></tr>`;
  // A task without a single answer has no accuracy: JSON keeps that as null.
  if (!Number.isFinite(score.accuracy)) {
    return html`<tr><th scope="row">${when}</th><td colspan="3" class="quiet">no questions could be asked</td></tr>`;
  }
  return html`<tr class="${when}"><th scope="row">${when}</th>
<td><span class="figure">${percent(score.accuracy)}</span> <small>${percent(score.low)} to ${percent(score.high)}</small></td>
<td class="bar">${intervalBar(score, when)}</td>
<td>${percent(score.formatError)}</td></tr>`;
}

function change(before: TaskScore, after: TaskScore): Html | null {
  const points = 100 * (after.accuracy - before.accuracy);
  if (!Number.isFinite(points) || before.n === 0 || after.n === 0) return null;
  const overlap = before.low <= after.high && after.low <= before.high;
  const sign = points < 0 ? "−" : "+";
  return html`<span class="change">${sign}${Math.abs(points).toFixed(1)} points${overlap ? ", intervals overlap" : null}</span>`;
}
