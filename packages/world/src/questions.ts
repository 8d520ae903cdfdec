import type { Random } from "@ssl4rl/core";
import { coarseQuestions } from "./questions/coarse.js";
import { crossQuestions } from "./questions/cross.js";
import { instanceQuestions } from "./questions/instance.js";
import { attributeQuestions, logicQuestions, relationQuestions } from "./questions/reasoning.js";
import { viewOf, type WorldQuestion } from "./questions/view.js";
import type { Scene } from "./scene.js";

const families = [
  coarseQuestions,
  instanceQuestions,
  crossQuestions,
  attributeQuestions,
  relationQuestions,
  logicQuestions,
] as const;

/**
 * True questions about a scene, in an order and with options drawn from `random`. What is small, hidden or could be
 * seen in two ways is not asked about, and no wrong option is true of the picture.
 *
 * @example
 * const [first] = questionsAbout(composeScene("demo", 7), Random.from("quiz", 7));
 * console.log(first.question, first.options, first.options[first.answer]);
 */
export function questionsAbout(scene: Scene, random: Random): WorldQuestion[] {
  const view = viewOf(scene, random);
  return random.shuffle(families.flatMap((family) => family(view)));
}
