/** How a table shortens a number to two decimals. SSL4RL rounds leaf cells and cuts most averages off. */
export type Rounding = "round" | "truncate";

/** `72.9961` is `73.00` rounded and `72.99` truncated. Values that are not finite print as a dash. */
export function twoDecimals(value: number, rounding: Rounding = "round"): string {
  if (!Number.isFinite(value)) return "–";
  // A mean of two-decimal cells may lie a hair below its own two decimals: 0.29 * 100 is 28.999999999999996.
  return (rounding === "truncate" ? Math.floor(100 * value + 1e-6) / 100 : value).toFixed(2);
}

/** `+0.00`, `-10.14`: a change with its sign, as SSL-R1 prints it. */
export function signed(change: number): string {
  const text = twoDecimals(change);
  if (text === "-0.00") return "+0.00";
  return change >= 0 ? `+${text}` : text;
}
