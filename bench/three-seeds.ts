export const SEEDS = [0, 1, 2];

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => (typeof cell === "number" ? fixed(cell) : cell)).join(" | ")} |`;
  return `\n${[line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}

/** Mean over the seeds with its interval by Student's t. */
export function described(values: readonly number[]): string {
  return ranged(average(values), interval(values));
}

/** A value with its interval. */
export function ranged(value: number, { low, high }: { readonly low: number; readonly high: number }): string {
  return `${fixed(value)} (${fixed(low)} to ${fixed(high)})`;
}

export function interval(values: readonly number[]): { readonly low: number; readonly high: number } {
  const mean = average(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  // The 97.5 % point for two degrees of freedom: three seeds.
  const reach = 4.303 * Math.sqrt(squares / (values.length - 1) / values.length);
  return { low: mean - reach, high: mean + reach };
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export const fixed = (value: number) => value.toFixed(3);
