import { expect, test } from "vitest";
import { ends, type LineChart, lineChart, smooth, smoothingReach, ticks } from "./line-chart.js";

const size = { width: 160, height: 146 };

/** The plot area of `size` spans x 46..146 and y 124..24. */
function chart(values: readonly number[], more: Partial<LineChart> = {}): LineChart {
  return {
    title: "Length",
    unit: "tokens",
    steps: values.map((_, i) => i),
    series: [{ name: "length", values }],
    ...more,
  };
}

function draw(values: readonly number[], more: Partial<LineChart> = {}): string {
  return lineChart(chart(values, more), size).text;
}

test("points stand where step and value put them, on an axis that starts at zero", () => {
  const svg = draw([0, 50, 100]);
  expect(svg).toContain('<polyline points="46.0,124.0 96.0,74.0 146.0,24.0"/>');
  expect(tickLabels(svg)).toEqual(["0", "50", "100", "0", "2"]);
});

test("a given range holds whatever the data", () => {
  const svg = draw([0.25, 0.75], { range: [0, 1], shares: true });
  expect(svg).toContain('<polyline points="46.0,99.0 146.0,49.0"/>');
  expect(tickLabels(svg)).toEqual(["0%", "50%", "100%", "0", "1"]);
});

test("values that are not finite leave a gap, and a point between gaps is a dot", () => {
  const svg = draw([0, 100, Number.NaN, 50, Number.POSITIVE_INFINITY]);
  expect(svg).toContain('<polyline points="46.0,124.0 71.0,24.0"/><circle cx="121.0" cy="74.0" r="2"/>');
  expect(svg).not.toMatch(/NaN|Infinity/);
});

test("a single step is a dot with one tick", () => {
  const svg = draw([40], { steps: [7] });
  expect(svg).toContain('<circle cx="46.0" cy="24.0" r="2"/>');
  expect(tickLabels(svg)).toEqual(["0", "20", "40", "7"]);
});

test("charts without a finite value say so", () => {
  for (const values of [[], [Number.NaN, Number.NaN]]) {
    const svg = draw(values);
    expect(svg).toContain("no values yet");
    expect(svg).not.toMatch(/NaN|Infinity|polyline/);
  }
});

test("a line of zeros and a constant line have an axis", () => {
  expect(tickLabels(draw([0, 0])).slice(0, 3)).toEqual(["0", "0.5", "1"]);
  expect(tickLabels(draw([5e-7, 5e-7], { exact: true }))).toContain("5e-7");
});

test("a reference level outside the range is left out", () => {
  const references = [
    { value: 50, label: "inside" },
    { value: 5000, label: "outside" },
  ];
  const svg = draw([0, 100], { references });
  expect(svg).toContain('class="reference" x1="46" x2="146" y1="74.0" y2="74.0"');
  expect(svg).toContain("inside");
  expect(svg).not.toContain("outside");
});

test("long runs show the raw line and a smoothed one, exact values only themselves", () => {
  const values = Array.from({ length: 100 }, (_, i) => i % 2);
  expect(draw(values).match(/<polyline/g)).toHaveLength(2);
  expect(draw(values, { exact: true }).match(/<polyline/g)).toHaveLength(1);
  expect(smoothingReach(chart(values))).toBe(4);
});

test("smoothing keeps a straight line's middle, skips gaps and never lags", () => {
  expect(smooth([0, 1, 2, 3, 4], 1)).toEqual([1 / 3, 1, 2, 3, 11 / 3]);
  expect(smooth([1, Number.NaN, 3], 1)).toEqual([1, 2, 3]);
  expect(smooth([Number.NaN, 2], 0)).toEqual([Number.NaN, 2]);
});

test("ticks are round and cover the data", () => {
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(0, 147, 3)).toEqual([0, 50, 100, 150]);
  expect(ticks(-0.3, 0.9, 3)).toEqual([-0.5, 0, 0.5, 1]);
  expect(ticks(0, 3e-7, 3)).toEqual([0, 1e-7, 2e-7, 3e-7]);
});

test("the description tells both ends of every line, escaped", () => {
  const series = [
    { name: '"a"', values: [0.1, 0.5] },
    { name: "b", values: [Number.NaN, Number.NaN] },
  ];
  const svg = draw([0, 0], { series, shares: true, title: "Accuracy" });
  expect(svg).toContain("<title>Accuracy. &quot;a&quot; from 10.0% to 50.0%; b from – to –.</title>");
  expect(ends(chart([3, 4.5]), { name: "", values: [3, 4.5] })).toEqual(["3", "4.5"]);
});

test("lines end in marks of different shape", () => {
  const series = [1, 2, 3].map((value) => ({ name: `line ${value}`, values: [0, value] }));
  const svg = draw([0, 0], { series });
  expect(svg.match(/<(circle|polygon) class="end"/g)).toEqual([
    '<circle class="end"',
    '<polygon class="end"',
    '<polygon class="end"',
  ]);
});

function tickLabels(svg: string): string[] {
  return [...svg.matchAll(/class="tick" [^>]*>([^<]*)</g)].map((match) => match[1]);
}
