import { latexValue } from "./latex-value.js";
import { pythonRound } from "./python-number.js";
import { strip } from "./python-text.js";

/**
 * Whether two answers say the same, as the published rules for mathematics have it (MathVision's and EMMA's `is_equal`): equal
 * texts without regard to case, equal lists of values, or values equal when rounded to two decimals. Values are read by
 * {@link latexValue} where upstream has a computer algebra system, so `x+1` and `1+x` differ here.
 */
export function sameValue(given: string, truth: string): boolean {
  const [a, b] = [given, truth].map((text) => strip(text.toLowerCase()));
  if (a === "" || b === "") return false;
  if (a === b) return true;
  if (a.length > LONGEST || b.length > LONGEST) return false;
  const [left, right] = [listed(a), listed(b)];
  if (left && right) return left.open === right.open && sameItems(left.items, right.items);
  return !left && !right && sameNumber(a, b);
}

/** Longer texts are compared as they are. */
const LONGEST = 1000;

function sameNumber(a: string, b: string): boolean {
  const [x, y] = [latexValue(a), latexValue(b)];
  return x !== null && y !== null && pythonRound(x, 2) === pythonRound(y, 2);
}

function sameItems(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i] || sameNumber(item, b[i]));
}

/** The parts of `(a, b)` or `[a, b]`; null for what is no list of at least two. */
function listed(text: string): { open: string; items: string[] } | null {
  const found = /^([([])([^()[\]]*,[^()[\]]*)[)\]]$/.exec(text);
  return found && { open: found[1], items: found[2].split(",").map((item) => strip(item)) };
}
