import { strip } from "./python-text.js";

/** The part of a response that is its answer, and the steps that found it. */
export interface FinalText {
  readonly text: string;
  readonly how: readonly string[];
}

/**
 * What a response ends in, in this order: the text after the last `</think>`; in it the first `<answer>…</answer>`, as
 * SSL4RL's reward takes it, or else the last `\boxed{…}`.
 */
export function finalText(response: string): FinalText {
  const after = afterThinking(response);
  const how = after === response ? [] : ["after thinking"];
  const tagged = answerTag(after);
  if (tagged !== null) return { text: tagged, how: [...how, "answer tag"] };
  const box = lastBoxed(after);
  if (box !== null) return { text: box, how: [...how, "boxed"] };
  return { text: after, how };
}

/**
 * The post-processing of Visual Jigsaw's scripts (penghao-wu/visual_jigsaw: eval/eval_*.py): quotes and full stops off both
 * ends, the text after the last `</think>`, of it the last `\boxed{…}`.
 */
export function visualJigsawText(response: string): FinalText {
  const bare = strip(strip(strip(response), '".'), "'");
  const after = strip(afterThinking(bare));
  const how = bare.includes("</think>") ? ["after thinking"] : [];
  const box = lastBoxed(after);
  return box === null ? { text: after, how } : { text: box, how: [...how, "boxed"] };
}

export function afterThinking(response: string): string {
  const end = response.lastIndexOf("</think>");
  return end < 0 ? response : response.slice(end + "</think>".length);
}

/** The first `<answer>…</answer>`, without blanks around it. */
export function answerTag(text: string): string | null {
  const open = text.indexOf("<answer>");
  const close = open < 0 ? -1 : text.indexOf("</answer>", open + "<answer>".length);
  return close < 0 ? null : strip(text.slice(open + "<answer>".length, close));
}

/** What stands in the last `\boxed{`, braces balanced, as MathRuler takes it: null, too, when that one never closes. */
export function lastBoxed(text: string): string | null {
  const start = text.lastIndexOf("\\boxed{");
  if (start < 0) return null;
  const from = start + "\\boxed{".length;
  for (let at = from, depth = 1; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}") depth--;
    if (depth > 0) continue;
    const content = strip(text.slice(from, at));
    return content === "None" ? null : content;
  }
  return null;
}
