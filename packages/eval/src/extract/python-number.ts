import { strip } from "./python-text.js";

const FLOAT = /^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i;

/** Python's `float(text)`; null where that fails, and for infinities and nan. */
export function pythonFloat(text: string): number | null {
  const bare = strip(text);
  if (!FLOAT.test(bare)) return null;
  const value = Number(bare.replaceAll("_", ""));
  return Number.isFinite(value) ? value : null;
}

/** Python's `round(value, decimals)`: to the even digit where the value lies exactly between two. */
export function pythonRound(value: number, decimals: number): number {
  // Such a value is an odd multiple of 1 / 2^(decimals + 1); all others are for toFixed, which knows the exact value.
  const eighths = value * 2 ** (decimals + 1);
  if (!Number.isInteger(eighths) || eighths % 2 === 0) return Number(value.toFixed(decimals));
  const below = Math.floor(value * 10 ** decimals);
  return (below % 2 === 0 ? below : below + 1) / 10 ** decimals;
}
