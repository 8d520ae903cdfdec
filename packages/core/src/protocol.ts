/**
 * How a response is wrapped, apart from what it says. Reading is strict: exactly the asked blocks, each once, in order,
 * nothing before, between or after but blanks (what `trim` removes), no mark of the form anywhere else. A response that
 * breaks the form is a *format error*, never a guess.
 */
export interface Protocol {
  readonly name: string;
  /** The last line of a prompt: the literal form, `X` being the answer. */
  readonly instruction: string;
  /** A response in the form. */
  wrap(answer: string, thought?: string): string;
  /** The text of the answer block, trimmed; null when the response is not in the form or the block is empty. */
  read(response: string): string | null;
}

/** SSL4RL: `<think>…</think> <answer>X</answer>`. */
export const thinkAnswer: Protocol = {
  name: "think-answer",
  instruction: "Reason step by step, then answer in this form: <think>your reasoning</think> <answer>X</answer>",
  wrap: (answer, thought = "") => `<think>${thought}</think> <answer>${answer}</answer>`,
  read: (response) => readBlocks(response, ["<think>", "</think>", "<answer>", "</answer>"]),
};

/** SSL-R1: `<think>…</think> \boxed{X}`. Braces are text in the reasoning and may not stand in X. */
export const thinkBoxed: Protocol = {
  name: "think-boxed",
  instruction: "Reason step by step, then answer in this form: <think>your reasoning</think> \\boxed{X}",
  wrap: (answer, thought = "") => `<think>${thought}</think> \\boxed{${answer}}`,
  read(response) {
    const body = readBlocks(response, ["<think>", "</think>", "\\boxed{", "}"]);
    return body === null || /[{}]/.test(body) ? null : body;
  },
};

/** No reasoning: `<answer>X</answer>`. What small models and short runs use. */
export const answerOnly: Protocol = {
  name: "answer-only",
  instruction: "Answer in this form: <answer>X</answer>",
  wrap: (answer) => `<answer>${answer}</answer>`,
  read: (response) => readBlocks(response, ["<answer>", "</answer>"]),
};

export const protocols: readonly Protocol[] = [thinkAnswer, thinkBoxed, answerOnly];

/**
 * The text between the last pair of marks. Marks come in pairs (open, close), each exactly once and in this order;
 * outside the blocks only blanks. Plain searches, so that a response of any length is read in linear time.
 */
function readBlocks(response: string, marks: readonly string[]): string | null {
  const text = response.trim();
  let at = 0;
  let body = "";
  for (let i = 0; i < marks.length; i += 2) {
    const [open, close] = [marks[i], marks[i + 1]];
    const start = text.indexOf(open, at);
    if (start < 0 || text.slice(at, start).trim() !== "") return null;
    // The closing brace of \boxed{} may occur in the reasoning, so the last block closes at the end of the text.
    const last = i + 2 === marks.length;
    const end = last ? text.length - close.length : text.indexOf(close, start + open.length);
    if (end < start + open.length || !text.startsWith(close, end)) return null;
    body = text.slice(start + open.length, end);
    at = end + close.length;
  }
  const tags = marks.filter((mark) => mark !== "}");
  if (tags.some((tag) => text.indexOf(tag) !== text.lastIndexOf(tag))) return null;
  return body.trim() || null;
}
