// A second judge of responses, written from the words of the grammar only (the docstrings of core/protocol.ts and
// core/answer.ts) and by another technique than the first: one pass over the characters makes tokens, and the tokens
// must make one anchored pattern. It shares no line with what it checks.

/** What an answer looks like. */
export type Form =
  | { readonly words: readonly string[] }
  | { readonly cell: number }
  | { readonly numbers: number; readonly from: 0 | 1; readonly separator: "," | "-" }
  | { readonly rows: number; readonly columns: number };

/** How the answer is wrapped: every mark stands once, in this order, and `closes` is one only after `opens`. */
const wrappings = {
  "think-answer": { marks: ["<think>", "</think>", "<answer>", "</answer>"], opens: "<answer>", closes: "</answer>" },
  "think-boxed": { marks: ["<think>", "</think>", "\\boxed{"], opens: "\\boxed{", closes: "}" },
  "answer-only": { marks: ["<answer>", "</answer>"], opens: "<answer>", closes: "</answer>" },
};

export interface Judgement {
  readonly format: boolean;
  readonly partial: number;
  /** The answer as read, in its canonical print; null for a format error. */
  readonly given: string | null;
}

export function judge(protocol: string, form: Form, response: string, target: string): Judgement {
  const truth = readAnswer(form, target);
  if (!truth) throw new Error(`the oracle cannot read the true answer ${JSON.stringify(target)}`);
  const text = unwrap(response, wrappings[protocol as keyof typeof wrappings]);
  const parts = text === null ? null : readAnswer(form, text);
  if (!parts) return { format: false, partial: 0, given: null };
  const right = parts.filter((part, i) => part === truth[i]).length;
  return { format: true, partial: right / truth.length, given: print(form, parts) };
}

/** Around blocks and answers: what ECMAScript calls white space and line terminators. */
const BLANKS = `\t\n\v\f\r \u2028\u2029\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff`;
const isBlank = (char: string) => BLANKS.includes(char);

function unwrap(response: string, { marks, opens, closes }: (typeof wrappings)[keyof typeof wrappings]): string | null {
  // Every mark becomes its number; what stands between two marks matters only as blank or not.
  let pattern = "";
  let start = -1;
  let end = -1;
  let blank = true;
  for (let i = 0; i < response.length; ) {
    const mark = marks.findIndex((candidate) => response.startsWith(candidate, i));
    const closing = start >= 0 && end < 0 && response.startsWith(closes, i);
    if (mark < 0 && !closing) {
      blank &&= isBlank(response[i]);
      i++;
      continue;
    }
    const width = closing ? closes.length : marks[mark].length;
    pattern += `${blank ? "" : "x"}${closing ? "." : mark}`;
    if (closing) end = i;
    i += width;
    if (!closing && marks[mark] === opens) start = i;
    blank = true;
  }
  pattern += blank ? "" : "x";
  const wanted = marks.length === 2 ? /^0x?\.$/ : /^0x?12x?\.$/;
  return wanted.test(pattern) ? response.slice(start, end) : null;
}

/** The parts of an answer; null when the text is no answer of the form. */
function readAnswer(form: Form, text: string): readonly string[] | null {
  let first = 0;
  let last = text.length;
  while (first < last && isBlank(text[first])) first++;
  while (last > first && isBlank(text[last - 1])) last--;
  const body = text.slice(first, last);
  if ("words" in form) {
    const word = form.words.find((candidate) => sameLetters(candidate, body));
    return word === undefined ? null : [word];
  }
  const count = "numbers" in form ? form.numbers : "rows" in form ? form.rows * form.columns : body.length;
  if (body.length > 16 * count) return null;
  const { pattern, numbers } = shape(body);
  if ("cell" in form)
    return pattern === "n/n" && numbers.every((n) => n >= 1 && n <= form.cell) ? [numbers.join("/")] : null;
  const [wanted, from] =
    "numbers" in form
      ? [form.separator === "," ? /^n(_?,_?n)*$/ : /^n(-n)*$/, form.from]
      : [
          new RegExp(`^_?${Array(form.rows).fill(Array(form.columns).fill("n").join("(?:_|_?,_?)")).join("_?l_?")}_?$`),
          1,
        ];
  const seen = new Set(numbers.filter((n) => n >= from && n < from + count));
  return wanted.test(pattern) && numbers.length === count && seen.size === count ? numbers.map(String) : null;
}

function print(form: Form, parts: readonly string[]): string {
  if ("numbers" in form) return parts.join(form.separator);
  if (!("rows" in form)) return parts[0];
  return parts.map((part, i) => part + (i === parts.length - 1 ? "" : (i + 1) % form.columns ? " " : "\n")).join("");
}

/** Case matters not, of the letters A to Z; the Kelvin sign is the one further character with such a lower case. */
function sameLetters(a: string, b: string): boolean {
  const fold = (char: string) =>
    char === "\u212a" ? "k" : char >= "A" && char <= "Z" ? LOWER[UPPER.indexOf(char)] : char;
  return a.length === b.length && [...a].map(fold).join() === [...b].map(fold).join();
}

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = "abcdefghijklmnopqrstuvwxyz";

/** n: a number in ASCII digits without a leading zero, l: the end of a line (LF or CRLF), _: spaces and tabs, ?: none of these. */
function shape(text: string): { pattern: string; numbers: number[] } {
  let pattern = "";
  const numbers: number[] = [];
  for (let i = 0; i < text.length && !pattern.endsWith("?"); ) {
    const begin = i;
    while (i < text.length && text[i] >= "0" && text[i] <= "9") i++;
    if (i > begin) {
      numbers.push(Number(text.slice(begin, i)));
      pattern += i > begin + 1 && text[begin] === "0" ? "?" : "n";
      continue;
    }
    while (i < text.length && (text[i] === " " || text[i] === "\t")) i++;
    if (i > begin) pattern += "_";
    else if (text[i] === "\n" || text.startsWith("\r\n", i)) {
      pattern += "l";
      i += text[i] === "\n" ? 1 : 2;
    } else {
      pattern += ",-/".includes(text[i]) ? text[i] : "?";
      i++;
    }
  }
  return { pattern, numbers };
}
