import type { Extraction } from "../graded.js";
import { lastBoxed } from "./final-text.js";
import { pythonFloat } from "./python-number.js";
import { strip, stripEnd } from "./python-text.js";

/**
 * MathVision's own reading of a response (lmms-eval: tasks/mathvision/utils.py, `mathvision_standard_eval`): a letter at the
 * end or on the first line, the number after the last "is", what follows "the answer is", the last `\boxed{}`; then units and
 * LaTeX dress are taken off.
 */
export function mathVisionAnswer(response: string): Extraction {
  let text = strip(response);
  let how = "whole text";
  for (const letter of "ABCDE") {
    const ends = [` ${letter}.`, ` (${letter}).`].some((end) => text.endsWith(end));
    const starts = [`${letter}\n`, `(${letter})\n`, `(${letter}) ${letter}\n`].some((start) => text.startsWith(start));
    if (ends || starts) [text, how] = [letter, ends ? "last letter" : "first letter"];
  }
  const last = stripEnd(text.split("is ").at(-1)!, ".");
  if (pythonFloat(last) !== null) {
    if (last !== text) how = "number after is";
    text = last;
  }
  if (!text.includes("oxed{")) {
    for (const flag of FLAGS) {
      if (!text.includes(flag)) continue;
      text = strip(text.split(flag).at(-1)!).split("\n")[0].split(". ")[0];
      how = "answer is";
    }
  } else {
    how = "boxed";
    if (text.split("oxed{").length > 2) text = `\\boxed{${text.split("oxed{").at(-1)}`;
  }
  const answer = strip(
    undress(text)
      .replace(/[({]([a-e])[)}]/g, "$1")
      .replace(/\.+$/, "")
      .replace(/^:+/, ""),
  );
  return answer === "" ? { answer: null, how: ["empty"] } : { answer, how: [how] };
}

const FLAGS = ["the final answer is", "the answer is", "the correct answer is", "the answer should be"].flatMap(
  (flag) => [flag, flag.replace("the", "The")],
);

/** Lower case, the boxed part, what follows the last `=`, without units and spacing. */
function undress(response: string): string {
  let text = response.toLowerCase().replaceAll("{}", "");
  const box = text.indexOf("oxed{");
  const end = text.lastIndexOf("}");
  if (box >= 0 && end > box) text = text.slice(box + "oxed{".length, end);
  const close = text.indexOf("}");
  const open = text.indexOf("{");
  if (close >= 0 && (open < 0 || close < open)) text = text.slice(0, close);
  text = text.split("=").at(-1)!.split("\\approx").at(-1)!;
  text = text.replace(/ |\\,|\\!|\n|\\\\(?=[a-z])|\\text(?=\{)|\\mbox|\\left|\\right|\^\{?\\circ\}?/g, "");
  text = text.replace(/\{m\}\^3|m\^3|\{units\}|units|\{km\}|km|\\?\$|\\%/g, "").replaceAll("∞", "\\infty");
  return text;
}

/**
 * EMMA's reading without a judge (EMMA-Bench/EMMA: evaluation/evaluate.py, `fast_extract_answer`): a letter alone or before
 * `:` or `.`, a number alone, the last `\boxed{}` and in it `\text{}`, what follows "answer is" and the like.
 */
export function emmaAnswer(response: string): Extraction {
  const text = strip(response);
  for (const letter of "ABCDEFGH") {
    if (text.toUpperCase() === letter || text.startsWith(`${letter}:`) || text.startsWith(`${letter}.`)) {
      return { answer: letter, how: ["option letter"] };
    }
  }
  if (pythonFloat(text) !== null) return { answer: text, how: ["number"] };
  const boxed = lastBoxed(text);
  if (boxed !== null) {
    const inner = [...boxed.matchAll(/\\text\{(.*?)\}/g)].at(-1)?.[1];
    return { answer: strip(inner ?? boxed) || null, how: ["boxed"] };
  }
  const lower = text.toLowerCase();
  const flag = ["final answer is", "correct answer is", "answer should be", "answer is", "answer:"].find((phrase) =>
    lower.includes(phrase),
  );
  const said = flag === undefined ? "" : strip(lower.split(flag).at(-1)!).split("\n")[0].split(".")[0];
  return said === "" ? { answer: null, how: ["no answer"] } : { answer: said, how: ["answer is"] };
}
