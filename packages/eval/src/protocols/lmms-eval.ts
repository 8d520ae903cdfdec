import type { EvalProtocol } from "../protocol.js";

/** A task of lmms-eval; `task` is its folder. */
export function lmmsEval(task: string, rules: Omit<EvalProtocol, "name" | "source">): EvalProtocol {
  return { name: "lmms-eval", source: `EvolvingLMMs-Lab/lmms-eval 75571cf: lmms_eval/tasks/${task}`, ...rules };
}
