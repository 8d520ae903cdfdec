import { curveName, type RewardCurve, rewardTable } from "@ssl4rl/eval";
import { type LineChart, legendMark, lineChart, smoothingReach } from "./line-chart.js";
import { count } from "./numbers.js";
import { foreign, html, page } from "./page.js";
import { resultTable } from "./result-table.js";

/** Training rewards of several runs on one page: a chart, and the same in figures (SSL-R1, Figure 4). */
export function rewardPage(curves: readonly RewardCurve[]): string {
  const steps = [...new Set(curves.flatMap(({ points }) => points.map(({ step }) => step)))].sort((a, b) => a - b);
  const chart: LineChart = {
    title: "Mean training reward",
    unit: "mean per rollout",
    steps,
    series: curves.map((curve) => {
      const at = new Map(curve.points.map(({ step, reward }) => [step, reward]));
      return { name: curveName(curve), values: steps.map((step) => at.get(step) ?? Number.NaN) };
    }),
  };
  const reach = smoothingReach(chart);
  return page(
    chart.title,
    html`<main><h1>${chart.title}</h1>
${reach > 0 ? html`<p>Thin: each step. Bold: smoothed over ${count(reach, "step")} to either side.</p>` : null}
<figure>
<figcaption><ul class="legend">${chart.series.map(({ name }, i) => html`<li>${legendMark(i)}${foreign(name)}</li>`)}</ul></figcaption>
${lineChart(chart, { width: 900, height: 470 })}
</figure>
${resultTable(rewardTable(curves))}</main>`,
  );
}
