import type { Random } from "@ssl4rl/core";
import type { Choices } from "@ssl4rl/eval";

/** Choices of questions: plain ones, and those that rules stumble over. */
export const choiceSets: readonly Choices[] = [
  { A: "cat", B: "dog", C: "horse", D: "a red car" },
  { A: "yes", B: "no" },
  { A: "1", B: "10", C: "100", D: "2" },
  { A: "The picture shows a cat.", B: "The picture shows a cat and a dog.", C: "Neither." },
  { A: "A", B: "B", C: "C", D: "D" },
  { A: "Straße", B: "STRASSE", C: "İstanbul", D: "ﬁsh" },
  { A: "left of the tree", B: "right of the tree", C: "above the tree", D: "the tree", E: "tree" },
  { A: "x (y)", B: "x [y]", C: "x. y", D: "**x**" },
  { A: "猫", B: "犬", C: "馬", D: "🐈 on a mat" },
  { A: "i", B: "I", C: "ii", D: "III" },
  { A: "none of these", B: "all of these", C: "B", D: "Z" },
  { A: "only one" },
];

const PLAIN = [" ", " ", " ", " ", "\n", ", ", ". ", ": ", " - ", "\n\n"];
/** What Python takes for a blank and others do not, and the other way round. */
const BLANKS = ["\u00a0", "\u2003", "\u3000", "\u200b", "\u001c", "\u0085", "\ufeff", "\t", "\v", "\u2028"];
const SIGNS = ["(", ")", "[", "]", "{", "}", "*", "**", "#", "!", ";", "`", '"', "'", "<", ">", "/", "\\", "_", "$"];

const WORDS =
  "the answer is so because picture shows option choice correct Answer I think A a An of and or not but both which one final".split(
    " ",
  );

/** A response as a model might write it, or as nobody would: the choice's letter or text in some form, or a heap of parts. */
export function response(random: Random, choices: Choices): string {
  const pick = <Item>(items: readonly Item[]): Item => items[random.int(items.length)];
  const letters = [...Object.keys(choices), "Z", "E", "b"];
  const forms: readonly ((letter: string, text: string) => string)[] = [
    (letter) => letter,
    (letter) => `${letter}.`,
    (letter) => `(${letter})`,
    (letter, text) => `${letter}. ${text}`,
    (letter) => `The answer is ${letter}.`,
    (letter) => `The correct answer is **${letter}**. Here is why: one sees it at once, and nothing else fits as well.`,
    (letter) => `aNſwer ıs ${letter}, as the picture and the question and all that one knows together say`,
    (letter) => `<think>It could be ${pick(letters)}.</think> <answer>${letter}</answer>`,
    (letter) => `\\boxed{${letter}}`,
    (letter, text) => `I would say ${text}, so ${letter}`,
    (_, text) => text,
    (_, text) => `It is ${text.toUpperCase()}.`,
    (_, text) => `${text} or rather ${pick(Object.values(choices))}`,
    (letter) => `${letter} ${"because of what one sees there ".repeat(1 + random.int(3))}`,
    (letter) => `Not ${pick(letters)} but ${letter}`,
    () => "",
    () => "Z",
    () => "Failed to obtain answer via API.",
    () => "Sorry, I can't help with images of people yet. A",
    (letter) => `Cannot determine the answer, perhaps ${letter}`,
    () => "A cat sits on a mat and looks at a dog",
  ];
  const part = () => {
    const kind = random.int(10);
    if (kind < 4) return pick(WORDS);
    if (kind < 6) return pick(letters);
    if (kind < 7) return pick(Object.values(choices));
    return kind < 9 ? pick(SIGNS) : pick(forms)(pick(letters), pick(Object.values(choices)));
  };
  if (random.chance(0.5)) return pick(forms)(pick(letters), pick(Object.values(choices)));
  const between = random.chance(0.3) ? [...PLAIN, ...BLANKS, ""] : PLAIN;
  return Array.from({ length: 1 + random.int(9) }, () => part() + pick(between)).join("");
}
