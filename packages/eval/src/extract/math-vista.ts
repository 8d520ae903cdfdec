import type { Extraction } from "../graded.js";
import type { ValueType } from "../question.js";
import { finalText } from "./final-text.js";
import type { Choices } from "./option-letter.js";
import { optionLetter } from "./option-letter.js";
import { pythonFloat, pythonRound } from "./python-number.js";
import { strip } from "./python-text.js";

/** How a value of MathVista is compared. */
type Kind = { readonly type: ValueType; readonly decimals: number };

/**
 * MathVista without a judge. Upstream GPT takes the answer out of the response and its code makes it comparable (lmms-eval:
 * tasks/mathvista/mathvista_evals.py, `normalize_extracted_answer`). Here {@link finalText} stands in for GPT, then for
 * what is no plain value the last number (or list) after it; of choices the one named, never the nearest in spelling.
 */
export function mathVistaAnswer(response: string, choices: Choices | undefined, kind: Kind): Extraction {
  const { text, how } = finalText(response);
  if (choices) {
    const { answer, how: step } = optionLetter(text, choices, "2026-06");
    return { answer, how: [...how, ...step] };
  }
  if (kind.type === "free") return { answer: strip(text) || null, how: [...how, "whole text"] };
  if (kind.type === "list") {
    const list = [...text.matchAll(/\[[^[\]]*\]/g)].at(-1)?.[0];
    return list === undefined
      ? { answer: null, how: [...how, "no list"] }
      : { answer: list.replace(/\s/g, ""), how: [...how, "last list"] };
  }
  const alone = pythonFloat(text.replaceAll(",", ""));
  const numbers = text.match(/-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|-?\.\d+/g) ?? [];
  const value = alone ?? (numbers.length > 0 ? Number(numbers.at(-1)!.replaceAll(",", "")) : null);
  if (value === null) return { answer: null, how: [...how, "no number"] };
  return { answer: vistaNumber(value, kind), how: [...how, alone === null ? "last number" : "number"] };
}

/** A number as MathVista's answers are written: `int(float(x))`, or rounded to the asked decimals. */
export function vistaNumber(value: number, { type, decimals }: Kind): string {
  return String(type === "integer" ? Math.trunc(value) : pythonRound(value, decimals));
}
