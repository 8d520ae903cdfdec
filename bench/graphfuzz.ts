/**
 * `npm run bench -- graphfuzz [COUNT]`: completions near the border of the grammar (1,000,000) to questions with the answers of graph
 * tasks. An oracle that shares no code with the answer kinds says which of them name exactly the truth; nothing else may be right, and
 * what names a word twice, a strange word or too many may earn nothing. Ends with 1 when any does.
 */
import { type AnswerSpec, answerKind, protocols, Random, verifier } from "@ssl4rl/core";
import { generate } from "../packages/data/src/verifier/completions.js";

const names = ["N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8"];
const specs: readonly AnswerSpec[] = [
  { kind: "subset", words: names, count: 1 },
  { kind: "subset", words: names, count: 2 },
  { kind: "subset", words: names, count: 3 },
  { kind: "any-subset", words: names, most: 3 },
  { kind: "selection", words: ["A", "B", "C", "D"], count: 2 },
  { kind: "words", count: 2 },
  { kind: "text", ignored: ["the", "of"], base: 0.2 },
];

export default async function bench(): Promise<void> {
  const count = Number(process.argv[3] ?? 1_000_000);
  const tally = { right: 0, part: 0, nothing: 0, malformed: 0, unearned: 0 };
  for (let i = 0; i < count; i++) {
    const random = Random.from("graph-fuzz", i);
    const spec = specs[i % specs.length];
    const kind = answerKind(spec);
    const protocol = random.pick(protocols);
    const target = kind.print(kind.at(random.int(Math.min(kind.size, 2 ** 32))));
    const response = generate(random, protocol, kind, target);
    const { accuracy, partial, format } = verifier(kind, protocol, target)(response);
    const said = protocol.read(response);
    const fault =
      !(partial >= 0 && partial <= 1) ||
      (accuracy === 1) !== (said !== null && same(spec, said, target)) ||
      (!format && partial > 0) ||
      (partial > 0 && spec.kind !== "text" && repeats(said!));
    if (fault) {
      tally.unearned++;
      if (tally.unearned <= 10)
        console.log(JSON.stringify({ spec, target, response: response.slice(0, 300), partial }));
    }
    tally[accuracy === 1 ? "right" : partial > 0 ? "part" : format ? "nothing" : "malformed"]++;
  }
  console.table(tally);
  process.exitCode = tally.unearned > 0 ? 1 : 0;
}

const pieces = (text: string) =>
  text.split(",").map((one) =>
    one
      .replace(/^[ \t]+|[ \t]+$/g, "")
      .normalize("NFKC")
      .toLowerCase(),
  );

const repeats = (text: string) => new Set(pieces(text)).size < pieces(text).length && !/^[a-z]{6}/.test(text.trim());

/** Does a text name the truth, in its order where that means something? */
function same(spec: AnswerSpec, said: string, target: string): boolean {
  if (spec.kind === "text") {
    const all = Array.from(
      said
        .normalize("NFKC")
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]/gu, " ")
        .split(" "),
    ).filter(Boolean);
    const kept = all.filter((word) => word !== "the" && word !== "of").sort();
    return kept.join() === target.split(" ").sort().join() && all.length <= 2 * target.split(" ").length;
  }
  const [given, truth] = [pieces(said), pieces(target)];
  if (spec.kind === "subset" || spec.kind === "any-subset") {
    // Lists are of plain names: what only becomes one by a mapping of letters is none.
    const raw = said.split(",").map((one) => one.replace(/^[ \t]+|[ \t]+$/g, "").toLowerCase());
    return (
      raw.sort().join() === truth.sort().join() && said.length <= 18 * ("count" in spec ? spec.count : names.length)
    );
  }
  if (spec.kind === "selection") {
    const raw = said.split(",").map((one) => one.replace(/^[ \t]+|[ \t]+$/g, "").toLowerCase());
    return raw.join() === truth.join() && said.length <= 17 * spec.count;
  }
  return given.join() === truth.join() && said.length <= 160;
}
