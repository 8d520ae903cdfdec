/** Lines over numbers that double: the horizontal axis is logarithmic. */
export interface Panel {
  readonly title: string;
  /** What the numbers count. */
  readonly unit: string;
  readonly at: readonly number[];
  readonly lines: Readonly<Record<string, readonly number[]>>;
}

const size = { width: 300, height: 234 };
const frame = { left: 40, right: 288, top: 34, bottom: 180 };
const colours = ["#0072b2", "#d55e00", "#009e73", "#555555"];
const dashes = ["", "6 3", "2 3", "8 3 2 3"];

/** Panels side by side with one legend: SVG that stands alone. All have the same lines. `title` says it without the picture. */
export function linePlot(title: string, panels: readonly Panel[], axis: string): string {
  const names = Object.keys(panels[0].lines);
  const legend = names.map((name, i) => {
    const x = 20 + i * 160;
    return `<path d="M${x} 8h24" ${stroke(i)}/><text x="${x + 30}" y="12">${name}</text>`;
  });
  const drawn = panels.map((panel, i) => `<g transform="translate(${i * size.width} 16)">${draw(panel, axis)}</g>`);
  const [width, height] = [panels.length * size.width, size.height];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<title>${title}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${[...legend, ...drawn].join("\n")}
</svg>
`;
}

function draw({ title, unit, at, lines }: Panel, axis: string): string {
  const [low, high] = [at[0], at[at.length - 1]].map(Math.log2);
  const top = Math.max(...Object.values(lines).flat());
  const x = (value: number) =>
    (frame.left + ((Math.log2(value) - low) / (high - low)) * (frame.right - frame.left)).toFixed(1);
  const y = (value: number) => (frame.bottom - (value / top) * (frame.bottom - frame.top)).toFixed(1);
  const marks = [0, top / 2, top].map(
    (value) =>
      `<path d="M${frame.left} ${y(value)}H${frame.right}" stroke="#ddd"/>` +
      `<text x="${frame.left - 4}" y="${Number(y(value)) + 4}" text-anchor="end">${value.toPrecision(2)}</text>`,
  );
  const below = at.map(
    (value) => `<text x="${x(value)}" y="${frame.bottom + 14}" text-anchor="middle">${value}</text>`,
  );
  const drawn = Object.values(lines).map(
    (values, i) => `<polyline points="${values.map((value, k) => `${x(at[k])},${y(value)}`).join(" ")}" ${stroke(i)}/>`,
  );
  return [
    `<text x="${frame.left - 30}" y="${frame.top - 10}">${axis}: ${title}</text>`,
    ...marks,
    ...below,
    `<text x="${frame.right}" y="${frame.bottom + 28}" text-anchor="end">${unit}</text>`,
    ...drawn,
  ].join("\n");
}

const stroke = (i: number) => `fill="none" stroke="${colours[i]}" stroke-width="2" stroke-dasharray="${dashes[i]}"`;
