// The verifier beside a second judge on generated completions: npm run bench -- grammar [COUNT], a million unless told.
// Ends with 1, after printing them, if the two disagree, if anything throws, or if a completion without an answer is paid.

import {
  type AnswerKind,
  gridCell,
  Image,
  isSkip,
  numberGrid,
  oneOf,
  permutation,
  pose,
  protocols,
  Random,
  reward,
  type Task,
} from "@ssl4rl/core";
import { generate } from "../packages/data/src/verifier/completions.js";
import { type Form, judge } from "./grammar-oracle.js";

const words = (...list: string[]): [AnswerKind<unknown>, Form] => [oneOf(list) as AnswerKind<unknown>, { words: list }];
const cell = (n: number): [AnswerKind<unknown>, Form] => [gridCell(n) as AnswerKind<unknown>, { cell: n }];
const sequence = (numbers: number, from: 0 | 1, separator: "," | "-"): [AnswerKind<unknown>, Form] => [
  permutation(numbers, { from, separator }) as AnswerKind<unknown>,
  { numbers, from, separator },
];
const grid = (rows: number, columns: number): [AnswerKind<unknown>, Form] => [
  numberGrid(rows, columns) as AnswerKind<unknown>,
  { rows, columns },
];

const kinds: Record<string, [AnswerKind<unknown>, Form]> = {
  "turns by 90": words("0", "90", "180", "270"),
  "turns by 45": words("0", "45", "90", "135", "180", "225", "270", "315"),
  quarters: words("top-left", "top-right", "bottom-left", "bottom-right"),
  directions: words("left", "right", "front", "back"),
  "yes or no": words("positive", "negative"),
  options: words("A", "B", "C", "D"),
  flips: words("0-1", "1-0", "2-0", "3-0"),
  "cell of 3x3": cell(3),
  "cell of 12x12": cell(12),
  "4 by commas": sequence(4, 1, ","),
  "6 by commas": sequence(6, 1, ","),
  "9 by commas": sequence(9, 1, ","),
  "25 by commas": sequence(25, 1, ","),
  "4 by hyphens": sequence(4, 0, "-"),
  "6 by hyphens": sequence(6, 0, "-"),
  "9 by hyphens": sequence(9, 0, "-"),
  "grid 2x2": grid(2, 2),
  "grid 1x3": grid(1, 3),
  "grid 4x3": grid(4, 3),
};

const picture = { id: "grey", name: "grey", image: new Image(1, 1, new Uint8Array(3)) };
const task = (answers: AnswerKind<unknown>): Task => ({
  id: "nothing@1",
  options: {},
  answers,
  prompt: "What is it?",
  needs: null,
  others: 0,
  corrupt: () => ({ images: [picture.image] }),
});

const weights = { accuracy: 1, format: 0.2, partial: 1 };

export default async function bench(): Promise<void> {
  const count = Number(process.argv[3] ?? 1_000_000);
  const grammars = protocols.flatMap((protocol) =>
    Object.entries(kinds).map(([kind, [answers, form]]) => ({
      protocol,
      form,
      task: task(answers),
      row: { protocol: protocol.name, answers: kind, right: 0, wrong: 0, "format error": 0 },
    })),
  );
  let faults = 0;
  let slowest = { seconds: 0, start: "" };
  for (let i = 0; i < count; i++) {
    const { protocol, form, task, row } = grammars[i % grammars.length];
    const random = Random.from("grammar", i);
    const problem = pose(picture, task, protocol, random.int(Math.min(task.answers.size, 2 ** 32)), 0);
    if (isSkip(problem)) throw new Error(problem.skip);
    const response = i < grammars.length ? problem.solution : generate(random, protocol, task.answers, problem.target);
    const expected = judge(protocol.name, form, response, problem.target);
    const accuracy = expected.partial === 1 ? 1 : 0;
    row[expected.format ? (accuracy ? "right" : "wrong") : "format error"]++;
    const start = process.hrtime.bigint();
    let found: string;
    try {
      const verdict = problem.verify(response);
      found = JSON.stringify(verdict);
      if (!expected.format && reward(verdict, weights) !== 0) found += " paid without an answer";
    } catch (error) {
      found = String(error);
    }
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    if (seconds > slowest.seconds) slowest = { seconds, start: short(response) };
    const { format, partial, given } = expected;
    const wanted = JSON.stringify({ accuracy, partial, format, given });
    if (found === wanted) continue;
    faults++;
    console.log(`${i}: ${row.protocol}, ${row.answers}, truth ${JSON.stringify(problem.target)}: ${short(response)}`);
    console.log(`  verifier ${found}\n  oracle   ${wanted}`);
  }
  console.table(grammars.map(({ row }) => row));
  console.log(
    `${count} completions, ${faults} disagreements; the slowest took ${(slowest.seconds * 1e3).toFixed(1)} ms:`,
  );
  console.log(slowest.start);
  if (faults > 0) process.exitCode = 1;
}

/** In JSON; of 1 MB both ends. */
function short(response: string): string {
  const text = JSON.stringify(response);
  return text.length < 4000 ? text : `${text.slice(0, 200)} … ${text.length} characters … ${text.slice(-200)}`;
}
