import type { Extraction } from "../graded.js";
import type { Box } from "../question.js";
import { afterThinking, answerTag, lastBoxed, visualJigsawText } from "./final-text.js";
import { strip } from "./python-text.js";

const NUMBER = String.raw`\s*(-?(?:\d+(?:\.\d+)?|\.\d+))\s*`;
const ONE_BOX = new RegExp(`\\[${NUMBER},${NUMBER},${NUMBER},${NUMBER}\\]`);
const WHOLE_BOXES = /\[\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\]/g;

/** The first four numbers in brackets, in the answer tag if there is one (eval_lisa_grounding.py), as JSON. */
export function firstBox(response: string): Extraction {
  const { text, how } = visualJigsawText(response);
  const tagged = answerTag(text);
  const found = ONE_BOX.exec(tagged ?? text);
  const steps = tagged === null ? how : [...how, "answer tag"];
  if (!found) return { answer: null, how: [...steps, "no box"] };
  return { answer: JSON.stringify(found.slice(1).map(Number)), how: [...steps, "first box"] };
}

/** All boxes of whole numbers after the thinking (eval_ovd_eval.py), as JSON. */
export function allBoxes(response: string): Extraction {
  const after = strip(afterThinking(response));
  const text = lastBoxed(after) ?? after;
  const boxes = [...text.matchAll(WHOLE_BOXES)].map((found) => found.slice(1).map(Number));
  if (boxes.length === 0) return { answer: null, how: ["no box"] };
  return { answer: JSON.stringify(boxes), how: ["all boxes"] };
}

export function parseBox(answer: string): Box {
  return JSON.parse(answer) as Box;
}
