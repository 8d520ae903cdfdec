import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "@ssl4rl/core";
import { benchmarkNamed, type Choices, grade, openBenchmark, optionLetter, protocolNamed } from "@ssl4rl/eval";
import type { Check } from "./check.js";
import { say } from "./command.js";
import { choiceSets, response } from "./responses.js";

const RESPONSES = 6000;
const QUESTIONS = 500;
const TURN = 1_000_000;

/** What run_vlmevalkit.py writes. */
interface Theirs {
  /** Whether it is of 2026-06 or later. */
  readonly readsAnswerIs: boolean;
  readonly answers: readonly (string | null)[];
  readonly hits: Readonly<Record<string, number>>;
  readonly groups: Readonly<Record<string, number>>;
}

/** Whether a folder is a checkout of VLMEvalKit. */
export const isVlmevalkit = (folder: string) => existsSync(join(folder, "vlmeval/utils/matching_util.py"));

/**
 * Does VLMEvalKit take from responses what we take, and score a circular benchmark as we do? Its own functions run on generated
 * responses and on a table; every difference is printed.
 */
export async function checkVlmevalkit(check: Check, scratch: string, checkout: string): Promise<boolean> {
  const folder = join(scratch, "vlmevalkit");
  mkdirSync(folder);
  const [cases, table, out] = ["cases.json", "MMBench_DEV_EN.tsv", "theirs.json"].map((name) => join(folder, name));
  const asked = Array.from({ length: RESPONSES }, (_, i): [Choices, string] => {
    const random = Random.from("VLMEvalKit", i);
    const choices = choiceSets[i % choiceSets.length];
    return [choices, response(random, choices)];
  });
  writeFileSync(cases, JSON.stringify(asked));
  const predictions = writeTable(table);
  if (!check("run_vlmevalkit.py", checkout, cases, table, out)) return false;
  const theirs = JSON.parse(readFileSync(out, "utf8")) as Theirs;

  const release = theirs.readsAnswerIs ? "2026-06" : "2025-08";
  const apart = asked.flatMap(([choices, response], i) => {
    const { answer, how } = optionLetter(response, choices, release);
    return answer === theirs.answers[i] ? [] : [{ choices, response, theirs: theirs.answers[i], ours: answer, how }];
  });
  const right = await gradeTable(table, predictions, release);
  const rows = Object.keys({ ...theirs.hits, ...right.hits }).filter((id) => theirs.hits[id] !== right.hits[id]);
  const groups = Object.keys({ ...theirs.groups, ...right.groups }).filter(
    (id) => theirs.groups[id] !== right.groups[id],
  );
  for (const difference of apart) say(`        ${JSON.stringify(difference)}`);
  for (const id of rows)
    say(`        row ${id}, ${JSON.stringify(predictions.get(id))}: theirs ${theirs.hits[id]}, ours ${right.hits[id]}`);
  for (const id of groups) say(`        question ${id}: theirs ${theirs.groups[id]}, ours ${right.groups[id]}`);
  const ok = apart.length + rows.length + groups.length === 0;
  say(
    `${ok ? "ok    " : "FAILED"}  VLMEvalKit (rules of ${release}) reads and scores as we do: ${apart.length} of ${RESPONSES} ` +
      `responses, ${rows.length} of ${Object.keys(right.hits).length} rows, ${groups.length} of ${Object.keys(right.groups).length} questions apart`,
  );
  return ok;
}

/** A table in MMBench's layout with predictions; gives these by the rows' ids. Some choices are cells that pandas takes for missing. */
function writeTable(path: string): Map<string, string> {
  const image = "A".repeat(80);
  const header = ["index", "question", "A", "B", "C", "D", "answer", "category", "image", "prediction"];
  const lines = [header.join("\t")];
  const predictions = new Map<string, string>();
  const several = choiceSets.filter((choices) => Object.keys(choices).length > 1);
  for (let question = 0; question < QUESTIONS; question++) {
    const random = Random.from("VLMEvalKit's table", question);
    const texts = Object.values(several[question % several.length]).slice(0, 4);
    if (random.chance(0.2)) texts[texts.length - 1] = ["None", "NA", "nan", "null"][random.int(4)];
    const target = random.int(texts.length - 1);
    // A model that knows the answer more often than not, or circles would hardly ever close.
    const knows = random.chance(0.6);
    for (let turn = 0; turn < texts.length; turn++) {
      const turned = texts.map((_, i) => texts[(i + turn) % texts.length]);
      const letters = turned.map((_, i) => "ABCD"[i]);
      const answer = letters[(target - turn + texts.length) % texts.length];
      const choices = Object.fromEntries(letters.map((letter, i) => [letter, turned[i]]));
      const prediction = knows ? `${answer}.` : response(random, choices);
      const id = `${question + turn * TURN}`;
      predictions.set(id, prediction);
      const cells = [id, `What is it, ${question}?`, ...Array.from({ length: 4 }, (_, i) => turned[i] ?? ""), answer];
      lines.push([...cells, "ocr", image, prediction].map(quoted).join("\t"));
    }
  }
  writeFileSync(path, `${lines.join("\n")}\n`);
  return predictions;
}

const quoted = (cell: string) => (/["\t\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** 1 or 0 for each row, and for each question whether all its turns are right. */
async function gradeTable(path: string, predictions: ReadonlyMap<string, string>, release: "2025-08" | "2026-06") {
  const benchmark = benchmarkNamed("mmbench-dev-en");
  const protocol = {
    ...protocolNamed(benchmark, "vlmevalkit"),
    extract: (response: string, { choices = {} }: { readonly choices?: Choices }) =>
      optionLetter(response, choices, release),
  };
  const { questions } = await openBenchmark(benchmark, path);
  const hits: Record<string, number> = {};
  const groups: Record<string, number> = {};
  for (const question of questions) {
    const { accuracy } = await grade(question, predictions.get(question.id)!, protocol);
    hits[question.id] = accuracy;
    groups[question.group] = Math.min(groups[question.group] ?? 1, accuracy);
  }
  return { hits, groups };
}
