import type { TaskScore } from "@ssl4rl/trainer";
import { percent } from "./numbers.js";
import { type Html, html } from "./page.js";

const width = 200;
const height = 22;
/** Room for half a dot at 0% and 100%. */
const edge = 6;

/** An accuracy with its 95% interval on a scale from 0% to 100%, the chance level as a dashed mark. */
export function intervalBar(
  { accuracy, low, high, chance }: Pick<TaskScore, "accuracy" | "low" | "high" | "chance">,
  kind: "before" | "after",
): Html {
  const x = (share: number) => (edge + share * (width - 2 * edge)).toFixed(1);
  const middle = height / 2;
  const text = `${percent(accuracy)} right, 95% interval ${percent(low)} to ${percent(high)}; chance ${percent(chance)}`;
  return html`<svg class="interval ${kind}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${text}">
<title>${text}</title>
<line class="scale" x1="${x(0)}" x2="${x(1)}" y1="${middle}" y2="${middle}"/>
<line class="chance" x1="${x(chance)}" x2="${x(chance)}" y1="1" y2="${height - 1}"/>
<rect class="range" x="${x(low)}" width="${((high - low) * (width - 2 * edge)).toFixed(1)}" y="${middle - 5}" height="10" rx="2"/>
<circle class="dot" cx="${x(accuracy)}" cy="${middle}" r="3.2"/>
</svg>`;
}
