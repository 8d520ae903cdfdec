// Completions as models and cheats write them: near the border of the grammar, on either side.

import type { AnswerKind, Protocol, Random } from "@ssl4rl/core";

/** A completion to a question whose true answer prints as `target`: right, wrong or out of form; one in a while is 1 MB. */
export function generate(random: Random, protocol: Protocol, answers: AnswerKind<unknown>, target: string): string {
  const other = () => answers.print(answers.at(random.int(Math.min(answers.size, 2 ** 32))));
  let text = random.chance(0.5) ? target : other();
  if (random.chance(0.4)) text = distort(random, text, answers, other());
  let response = random.chance(0.7) ? protocol.wrap(text, thought(random, text)) : misuse(random, text, protocol);
  if (random.chance(0.2)) response = odd(random, response);
  if (random.chance(0.2)) response = edit(random, response);
  return random.chance(1 / 5000) ? swell(random, response) : response;
}

const MARKS = ["<think>", "</think>", "<answer>", "</answer>", "\\boxed{", "}", "{"];
const PROSE = [
  "The answer is ",
  "Therefore:",
  "Hmm, wait.",
  "<|im_end|>",
  "assistant\n",
  ".",
  "**",
  "$",
  "答案",
  "😀",
  "\0",
  "\ud800",
];
/** What some language calls white space, and what none does though it is not seen. */
export const BLANKS = [
  ..." \t\n\r\v\f\u00a0\u1680\u2003\u202f\u3000\u2028\ufeff\u0085\u200b\u200d\u2060",
  "  ",
  "\r\n",
  "\n\n",
];
/** The zeros of other digits: Arabic-Indic, Persian, Devanagari, full-width, mathematical (two code units), subscript. */
export const ZEROS = [0x660, 0x6f0, 0x966, 0xff10, 0x1d7ce, 0x2080];
/** Letters that look like an ASCII letter, or that some mapping of case makes one. */
const LETTERS: Record<string, string> = {
  k: "\u212a",
  s: "\u017f",
  i: "\u0131",
  I: "\u0130",
  a: "\uff41",
  e: "\u0435",
  o: "\u043e",
};

/** Words as a text of one's own may have them: in another order, fewer, twice, among others. */
const byWords: Distortion = (random, x, _, other) => {
  const words = x.split(/[ ,]+/);
  const at = random.int(words.length);
  const glue = random.pick([" ", ", ", ",", " - ", "  ", "\n", "."]);
  return random
    .pick([
      random.shuffle(words),
      words.toSpliced(at, 1),
      [...words, ...other.split(/[ ,]+/)],
      [...words, "the", "of", "x"],
      words.toSpliced(at, 0, words[0]),
      Array.from({ length: 2 + random.int(12) }, () => words[at]),
    ])
    .join(glue);
};

/** An answer bent. Some are answers still (in another case, with blanks around commas), most are none. */
function distort(random: Random, text: string, answers: AnswerKind<unknown>, other: string): string {
  const anything = [byCharacters, inCompany, replaced, inOtherLetters];
  const sequence = [byNumbers, bySeparators];
  if (answers.size === Number.POSITIVE_INFINITY && random.chance(0.5)) return byWords(random, text, answers, other);
  return random.pick(/[^0-9A-Za-z]/.test(text) ? [...anything, ...sequence, ...sequence] : anything)(
    random,
    text,
    answers,
    other,
  );
}

type Distortion = (random: Random, text: string, answers: AnswerKind<unknown>, other: string) => string;

const byCharacters: Distortion = (random, x) =>
  random.pick([
    ...[
      `+${x}`,
      `-${x}`,
      `0${x}`,
      `${x}.`,
      `${x}.0`,
      `${x}e0`,
      `${x}°`,
      `${x} degrees`,
      `${x},`,
      `,${x}`,
      `${x}-`,
      `/${x}`,
      `${x};`,
    ],
    ...[
      `"${x}"`,
      `'${x}'`,
      `(${x})`,
      `[${x}]`,
      `{${x}}`,
      `<${x}>`,
      `**${x}**`,
      `$${x}$`,
      `\\text{${x}}`,
      `X=${x}`,
      `X`,
    ],
    x.replace(/[0-9]/, (n) =>
      random.pick([`+${n}`, `1_${n}`, `${n}_0`, `${n}.`, `0${n}`, `${n}0`, `-${n}`, `${n}${n}`]),
    ),
  ]);

const inCompany: Distortion = (random, x, answers, other) => {
  const all = Array.from({ length: Math.min(answers.size, 9) }, (_, i) => answers.print(answers.at(i)));
  return random.pick([
    ...[`not ${x}`, `${x} or ${other}`, `${x}, ${other}`, `${x}\n${other}`, `${x}/${other}`, `${x} ${x}`, `${x},${x}`],
    ...[" ", ",", ", ", " or ", "|", "\n"].map((glue) => all.join(glue)),
    answers.form,
  ]);
};

const replaced: Distortion = (random) =>
  random.pick([
    "",
    " ",
    "X",
    "null",
    "undefined",
    "NaN",
    "true",
    "toString",
    "__proto__",
    "constructor",
    "0x5a",
    "1e2",
    "all",
  ]);

const inOtherLetters: Distortion = (random, x) => {
  const zero = random.pick(ZEROS);
  const share = random.pick([0.2, 1]);
  const each = (change: (char: string) => string) =>
    Array.from(x, (char) => (random.chance(share) ? change(char) : char)).join("");
  return random.pick([
    () => each((char) => (/[0-9]/.test(char) ? String.fromCodePoint(zero + Number(char)) : char)),
    () => each((char) => LETTERS[char] ?? char),
    () => each((char) => char.toUpperCase()),
    () => x.toUpperCase(),
  ])();
};

/** Numbers too many, too few, twice, out of range, in another order. */
const byNumbers: Distortion = (random, x) => {
  const numbers = x.split(/[^0-9]+/);
  const glue = /[^0-9]+/.exec(x)?.[0] ?? ",";
  const at = random.int(numbers.length);
  const strange = random.pick([
    "",
    "0",
    "1",
    "-1",
    "00",
    "100",
    String(numbers.length),
    String(numbers.length + 1),
    "4294967297",
  ]);
  return random
    .pick([
      numbers.toSpliced(at, 1),
      numbers.toSpliced(at, 0, random.pick([strange, numbers[0]])),
      numbers.with(at, random.pick([strange, numbers[0]])),
      random.shuffle(numbers),
    ])
    .join(glue);
};

/** Blanks around separators, and other separators, in one place or in all. */
const bySeparators: Distortion = (random, x) => {
  const strange = ["-", "/", ";", "", ",,", "--", "，", "、", "‐", "−", " or ", "1"];
  const share = random.pick([0.3, 1]);
  const side = () => random.pick(["", " ", "\t", "   ", random.pick(BLANKS), " ".repeat(random.int(60))]);
  const instead = random.pick([...strange, ",", ",", " ", " ", "\n", "\r\n"]);
  const [keep, left, right] = [random.chance(0.5), side(), side()];
  return x.replace(/[^0-9A-Za-z]/g, (own) => (random.chance(share) ? left + (keep ? own : instead) + right : own));
};

/** What stands between the think marks. */
function thought(random: Random, text: string): string {
  const some = Array.from({ length: random.int(4) }, () =>
    random.pick([...PROSE, ...BLANKS, "\\frac{1}{2}", "{", "}", text, random.chance(0.1) ? random.pick(MARKS) : "\n"]),
  );
  return some.join("");
}

/** The answer wrapped otherwise than asked: blocks missing, twice, nested, in another order, prose around, misspelt. */
function misuse(random: Random, text: string, protocol: Protocol): string {
  const right = protocol.wrap(text, thought(random, text));
  const [think, answer, box] = [
    `<think>${thought(random, text)}</think>`,
    `<answer>${text}</answer>`,
    `\\boxed{${text}}`,
  ];
  const prose = random.pick(PROSE);
  const mark = random.pick(MARKS);
  const bend = random.pick<(mark: string) => string>([
    () => "",
    (own) => own + own,
    (own) => own.toUpperCase(),
    (own) => own.replace(/[a-z]/, (letter) => letter.toUpperCase()),
    (own) => own.replace(/^.|.$/, "$& "),
    (own) => own.replace(/.$/, " $&"),
    (own) => own.replace("<", "&lt;"),
    (own) => own.replace("</", "<"),
    (own) => own.replace("/", "\\"),
    (own) => own.replace("\\", "\\\\"),
    (own) => own.replace("\\", ""),
    (own) => own.replace("{", "{{"),
    (own) => prose + own,
    (own) => own + prose,
  ]);
  return random.pick([
    ...[text, "", answer, box, think, `${think}${answer}`, `${think}${box}`, `${answer} ${think}`, `${box}${think}`],
    ...[
      `<think>${answer}</think>`,
      `<think>${box}</think> ${answer}`,
      `<think>${answer}</think> ${right}`,
      `<think>${right}</think>`,
    ],
    ...[
      `<answer>${answer}</answer>`,
      `<answer>${box}</answer>`,
      `\\boxed{${box}}`,
      `\\boxed{${answer}}`,
      `${think}<answer>${think}${text}</answer>`,
    ],
    ...[
      `${think}${right}`,
      `${right}${answer}`,
      `${right} ${box}`,
      `${right}${right}`,
      `${right}}`,
      `$${box}$`,
      `${think} $${box}$`,
    ],
    ...[
      `${prose}${right}`,
      `${right}${prose}`,
      right.replace("</think>", `$&${prose}`),
      right.replace(text, `${mark}${text}`),
      right + mark,
      mark + right,
    ],
    ...MARKS.map((own) => right.replace(own, bend)),
  ]);
}

/** Odd blanks outside, beside marks, or instead of line ends. */
function odd(random: Random, response: string): string {
  const blank = random.pick(BLANKS) + random.pick(["", ...BLANKS]);
  return random.pick([
    () => blank + response + blank,
    () =>
      response.replace(/<\/?(think|answer)>|\\boxed\{|\}$/g, (mark) =>
        random.chance(0.5) ? mark + blank : blank + mark,
      ),
    () => response.replaceAll("\n", "\r\n"),
    () => response.replaceAll(" ", blank),
  ])();
}

/** One to three characters deleted, inserted, doubled, swapped with the next or replaced. */
function edit(random: Random, response: string): string {
  const chars = Array.from(response);
  for (let edits = 1 + random.int(3); edits > 0 && chars.length > 0; edits--) {
    const at = random.int(chars.length);
    const some = random.pick([random.pick(chars), random.pick(BLANKS), random.pick([...`<>/\\{}0123456789,-_+.`])]);
    const now = chars[at];
    const next = chars[at + 1] ?? "";
    const [count, by] = random.pick<[number, string[]]>([
      [1, []],
      [0, [some]],
      [1, [now, now]],
      [2, [next, now]],
      [1, [some]],
    ]);
    chars.splice(at, count, ...by);
  }
  return chars.join("");
}

/** About 1 MB of one thing, somewhere: what a search or a pattern that goes back would take hours for. */
function swell(random: Random, response: string): string {
  const at = random.int(response.length + 1);
  const unit = random.pick([
    ...MARKS,
    ...BLANKS,
    ...PROSE,
    " ,",
    "1,",
    "1 ",
    "\t\n",
    "<",
    "9",
    "<think",
    "think>",
    "\\",
    "x ",
  ]);
  const much = unit.repeat(Math.ceil(1e6 / unit.length));
  const inside = response.indexOf(">") + 1;
  return random.pick([
    response.slice(0, at) + much + response.slice(at),
    response.slice(0, inside) + much + response.slice(inside),
    response.replace(/[0-9]([^0-9A-Za-z<>{}]+)(?=[0-9])/, (pair) => pair + much),
  ]);
}
