import { percent, short } from "./numbers.js";
import { type Html, html } from "./page.js";

/** One line; `values` go with the chart's `steps`. A value that is not finite leaves a gap. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

export interface LineChart {
  readonly title: string;
  /** What the vertical axis counts. */
  readonly unit: string;
  /** Values are shares of one, printed as percentages. */
  readonly shares?: boolean;
  /** Values are set, not measured: there is no noise to smooth. */
  readonly exact?: boolean;
  readonly steps: readonly number[];
  readonly series: readonly Series[];
  /** The vertical range, when it is not to follow the data. */
  readonly range?: readonly [number, number];
  /** Dashed levels; those outside the range are left out. */
  readonly references?: readonly { readonly value: number; readonly label: string }[];
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const margin = { left: 46, right: 14, top: 24, bottom: 22 };

/** How many steps each side the smoothed line looks; 0 where there is nothing to smooth. */
export function smoothingReach({ steps, exact }: Pick<LineChart, "steps" | "exact">): number {
  return exact ? 0 : Math.round(steps.length / 25);
}

/** A centred mean whose weights fall linearly to both sides: unlike a running mean it does not lag. */
export function smooth(values: readonly number[], reach: number): number[] {
  return values.map((_, i) => {
    let sum = 0;
    let weights = 0;
    for (let j = Math.max(0, i - reach); j <= Math.min(values.length - 1, i + reach); j++) {
      if (!Number.isFinite(values[j])) continue;
      const weight = reach + 1 - Math.abs(i - j);
      sum += weight * values[j];
      weights += weight;
    }
    return weights > 0 ? sum / weights : Number.NaN;
  });
}

/** Round numbers from `low` to at least `high`: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999)!;
  const first = Math.floor(low / step + 1e-6);
  const last = Math.ceil(high / step - 1e-6);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Lines over steps: the raw values light, a smoothed line over them. Data in, SVG out. */
export function lineChart(chart: LineChart, { width, height }: ChartSize): Html {
  const { steps, series, unit, shares } = chart;
  const right = width - margin.right;
  const floor = height - margin.bottom;
  const values = series.flatMap((line) => line.values).filter(Number.isFinite);
  const [low, high] = chart.range ?? [
    values.reduce((a, b) => Math.min(a, b), 0),
    values.reduce((a, b) => Math.max(a, b), 0),
  ];
  const yTicks = ticks(low, high > low ? high : low + 1, Math.min(5, Math.round((floor - margin.top) / 50)));
  const xTicks = stepTicks(steps, width);
  const [bottom, top] = [yTicks[0], yTicks[yTicks.length - 1]];
  const [start, end] = [steps[0] ?? 0, steps[steps.length - 1] ?? 1];
  const x = (step: number) => margin.left + ((step - start) / Math.max(1, end - start)) * (right - margin.left);
  const y = (value: number) => floor - ((value - bottom) / (top - bottom)) * (floor - margin.top);
  const xs = steps.map(x);
  const reach = smoothingReach(chart);
  const mains = series.map((line) => smooth(line.values, reach).map(y));
  const references = (chart.references ?? []).filter(({ value }) => value >= bottom && value <= top);
  const description = `${chart.title}. ${series.map((line) => `${line.name} from ${ends(chart, line).join(" to ")}`).join("; ")}.`;
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${description}">
<title>${description}</title>
<text class="axis" x="4" y="13">${unit}</text>
${yTicks.map(
  (tick) => html`<line class="grid" x1="${margin.left}" x2="${right}" y1="${fixed(y(tick))}" y2="${fixed(y(tick))}"/>
<text class="tick" x="${margin.left - 7}" y="${fixed(y(tick) + 4)}" text-anchor="end">${shares ? `${short(100 * tick)}%` : short(tick)}</text>
`,
)}${xTicks.map(
  (tick) => html`<line class="mark" x1="${fixed(x(tick))}" x2="${fixed(x(tick))}" y1="${floor}" y2="${floor + 4}"/>
<text class="tick" x="${fixed(x(tick))}" y="${floor + 17}" text-anchor="middle">${tick}</text>
`,
)}<text class="axis" x="${margin.left - 12}" y="${floor + 17}" text-anchor="end">step</text>
${references.map(
  ({ value }) =>
    html`<line class="reference" x1="${margin.left}" x2="${right}" y1="${fixed(y(value))}" y2="${fixed(y(value))}"/>
`,
)}${
  reach > 0
    ? series.map(
        (line, i) => html`<g class="raw s${i % 6}">${lines(xs, line.values.map(y))}</g>
`,
      )
    : null
}${mains.map((main, i) => {
  const last = main.findLastIndex(Number.isFinite);
  return html`<g class="line s${i % 6}">${lines(xs, main)}${last < 0 ? null : marker(i, xs[last], main[last])}</g>
`;
})}${references.map(
  ({ value, label }) =>
    html`<text class="tick halo" x="${right - 8}" y="${fixed(labelY(y(value), label))}" text-anchor="end">${label}</text>
`,
)}${
  values.length === 0
    ? html`<text class="axis" x="${width / 2}" y="${fixed((margin.top + floor) / 2)}" text-anchor="middle">no values yet</text>`
    : null
}</svg>`;

  /** Above or below a level, wherever fewer points of the lines lie under the label. */
  function labelY(level: number, label: string): number {
    const near = mains.flatMap((main) => main.filter((_, i) => xs[i] > right - 8 - 6.5 * label.length));
    const above = near.filter((at) => at < level + 3 && at > level - 18).length;
    const below = near.filter((at) => at > level - 3 && at < level + 18).length;
    return above < below ? level - 5 : level + 13;
  }
}

/** First and last value of a line as it is drawn, printed; `–` where there is none. */
export function ends(chart: LineChart, { values }: Series): [string, string] {
  const drawn = smooth(values, smoothingReach(chart)).filter(Number.isFinite);
  const print = chart.shares ? percent : short;
  return [print(drawn[0] ?? Number.NaN), print(drawn[drawn.length - 1] ?? Number.NaN)];
}

/** The same mark ends a line and names it in the legend, so that lines are told apart by shape as well as by colour. */
export function legendMark(index: number): Html {
  return html`<svg class="key" viewBox="0 0 14 12" aria-hidden="true"><g class="line s${index % 6}">${marker(index, 7, 6)}</g></svg>`;
}

/** Whole steps only: half a step does not exist. */
function stepTicks(steps: readonly number[], width: number): number[] {
  if (steps.length < 2) return [...steps];
  const [start, end] = [steps[0], steps[steps.length - 1]];
  const wanted = Math.min(end - start, Math.floor(width / 90));
  return ticks(start, end, wanted).filter((tick) => tick >= start && tick <= end && Number.isInteger(tick));
}

/** One polyline for each run of finite points; a lone point is a dot. */
function lines(xs: readonly number[], ys: readonly number[]): Html[] {
  const runs: string[][] = [[]];
  for (const [i, y] of ys.entries()) {
    if (Number.isFinite(y)) runs[runs.length - 1].push(`${fixed(xs[i])},${fixed(y)}`);
    else if (runs[runs.length - 1].length > 0) runs.push([]);
  }
  return runs.flatMap((points) => {
    if (points.length === 0) return [];
    if (points.length > 1) return [html`<polyline points="${points.join(" ")}"/>`];
    const [cx, cy] = points[0].split(",");
    return [html`<circle cx="${cx}" cy="${cy}" r="2"/>`];
  });
}

function marker(index: number, x: number, y: number): Html {
  const at = (dx: number, dy: number) => `${fixed(x + dx)},${fixed(y + dy)}`;
  const shapes = [
    () => html`<circle class="end" cx="${fixed(x)}" cy="${fixed(y)}" r="4"/>`,
    () => html`<polygon class="end" points="${[at(-4, -4), at(4, -4), at(4, 4), at(-4, 4)].join(" ")}"/>`,
    () => html`<polygon class="end" points="${[at(0, -5), at(5, 4), at(-5, 4)].join(" ")}"/>`,
    () => html`<polygon class="end" points="${[at(0, -5.5), at(5.5, 0), at(0, 5.5), at(-5.5, 0)].join(" ")}"/>`,
  ];
  return shapes[index % shapes.length]();
}

function fixed(value: number): string {
  return value.toFixed(1);
}
