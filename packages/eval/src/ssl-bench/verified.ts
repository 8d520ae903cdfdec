import { answerKind, type Protocol } from "@ssl4rl/core";
import type { EvalProtocol } from "../protocol.js";
import type { Question } from "../question.js";

/** Asks and judges self-supervised questions as training does: the strict form, and exactly the true answer. */
export function verified(protocol: Protocol, source: string): EvalProtocol {
  return {
    name: protocol.name,
    source,
    ask: ({ text }) => `${text}\n${protocol.instruction}`,
    extract(response, question) {
      const text = protocol.read(response);
      if (text === null) return { answer: null, how: ["form broken"] };
      const kind = answerKind(targetOf(question).spec);
      const given = kind.parse(text);
      return given === null
        ? { answer: null, how: ["answer block", "no answer of its kind"] }
        : { answer: kind.print(given), how: ["answer block"] };
    },
    right: (answer, question) => answer === targetOf(question).answer,
  };
}

function targetOf({ id, target }: Question) {
  if (target.kind !== "answer") throw new Error(`${id} is no self-supervised question.`);
  return target;
}
