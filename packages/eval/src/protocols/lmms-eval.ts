import type { EvalProtocol } from "../protocol.js";

/** Of its model qwen2_5_vl, where the command says nothing else (lmms_eval/models/simple/qwen2_5_vl.py). */
const PIXELS = { minPixels: 200_704, maxPixels: 1_605_632 };

/** A task of lmms-eval; `task` is its folder, `maxTokens` its `max_new_tokens`, where it has one. */
export function lmmsEval(
  task: string,
  maxTokens: number | undefined,
  rules: Omit<EvalProtocol, "name" | "source" | "generation">,
): EvalProtocol {
  return {
    name: "lmms-eval",
    source: `EvolvingLMMs-Lab/lmms-eval 75571cf: lmms_eval/tasks/${task}`,
    generation: { maxTokens, ...PIXELS },
    ...rules,
  };
}
