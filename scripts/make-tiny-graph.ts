/**
 * Makes checkpoints/tiny-graph: a small Qwen2 of our own for text alone, with its own byte-level BPE, warmed up by supervised learning
 * on made-up graphs: to copy them, to find words and neighbours in them, to compare texts, and some questions of the self-supervised
 * tasks. After 400 steps it knows the forms of answers and copies, and at which node a word stands it still guesses.
 *
 *     npm run make:tiny-graph [-- --steps N --out DIR]
 */
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Random } from "@ssl4rl/core";
import { createCheckpoint, saveCheckpoint, trainByteBpe } from "@ssl4rl/models";
import { aliases, letters } from "@ssl4rl/tasks";
import { beginWithInduction } from "./begin-with-induction.js";
import { copyingGroup, findingGroup, pretextGroup, readingGroup } from "./graph-lessons.js";
import { madeUpGraph } from "./made-up-graph.js";
import { answersTo, chatFrame, type LessonGroup } from "./teach.js";
import { warmUp } from "./warm-up.js";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "3000" },
    out: { type: "string", default: "checkpoints/tiny-graph" },
  },
});
const GRAPHS = 24;
const VOCABULARY = 1536;
/** Names of nodes, one token each. */
const NAMES = aliases(40);

const prose = readdirSync("docs")
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(`docs/${name}`, "utf8"));
const words = [
  ...new Set(
    prose
      .join(" ")
      .toLowerCase()
      .match(/\b[a-z]{4,12}\b/g),
  ),
].sort();
const graphs = Array.from({ length: GRAPHS }, (_, i) => madeUpGraph(i, words, i % 3 === 2));
const heldOut = Array.from({ length: 3 }, (_, i) => madeUpGraph(1000 + i, words, i === 2));

const checkpoint = newCheckpoint();
await warmUp(checkpoint, {
  steps: Number(flags.steps),
  rate: 2e-3,
  rise: 30,
  lessons: batchOf,
  kinds: ["short", "long", "copying", "finding", "pretext"],
  saveEvery: 200,
  save() {
    saveCheckpoint(flags.out, checkpoint);
    examine();
  },
});

function newCheckpoint() {
  const corpus = Array.from({ length: 24 }, (_, i) => batchOf(Random.from("corpus", i)).flat())
    .flat()
    .flatMap(({ text = "", lessons }) =>
      lessons.flatMap((each) => [...chatFrame(), `${text}${each.text}`, each.response]),
    );
  const marks = ["<answer>", "</answer>", ...NAMES];
  const made = createCheckpoint({
    text: {
      hiddenSize: 128,
      intermediateSize: 256,
      layers: 4,
      heads: 4,
      kvHeads: 4,
      headDim: 32,
      rmsNormEps: 1e-6,
      ropeTheta: 1e6,
      mropeSection: [16, 0, 0],
    },
    vision: null,
    tied: true,
    tokenizer: trainByteBpe([...prose, ...corpus], VOCABULARY, marks),
    seed: 0,
  });
  beginWithInduction(made, [...NAMES, ...letters(8)]);
  return made;
}

/**
 * One step's lessons: short questions on three parts of graphs, long ones on three, four to be copied, four to find words in, three
 * self-supervised ones.
 */
function batchOf(random: Random): LessonGroup[][] {
  const some = (count: number, make: () => LessonGroup | null) => {
    const groups: LessonGroup[] = [];
    // Not every part of a graph has what a lesson needs.
    while (groups.length < count) {
      const group = make();
      if (group) groups.push(group);
    }
    return groups;
  };
  return [
    some(3, () => readingGroup(random.pick(graphs), "short", 8, random)),
    some(3, () => readingGroup(random.pick(graphs), "long", 4, random)),
    some(4, () => copyingGroup(random.pick(graphs), random)),
    some(4, () => findingGroup(random.pick(graphs), random)),
    some(3, () => pretextGroup(random.pick(graphs), random)),
  ];
}

/** Graphs that were not learnt from: right answers by kind of question, and the share of well-formed answers to self-supervised ones. */
function examine(): void {
  const random = Random.from("examine");
  const groups = Array.from({ length: 200 }, (_, i) =>
    readingGroup(random.pick(heldOut), i % 2 ? "short" : "long", 1, random),
  ).filter((group) => group !== null);
  const kinds = new Map<string, { right: number; n: number }>();
  for (const [i, said] of answersTo(checkpoint, groups).entries()) {
    const [{ text, response }] = groups[i].lessons;
    const options = (text.match(/^[A-Z]\. /gm) ?? []).length;
    const kind = options > 0 ? `like, of ${options}` : text.trim().split(" ")[0];
    const own = kinds.get(kind) ?? { right: 0, n: 0 };
    kinds.set(kind, own);
    own.n++;
    if (said === response) own.right++;
  }
  const pretexts = Array.from({ length: 300 }, () => pretextGroup(random.pick(heldOut), random)).filter(
    (group) => group !== null,
  );
  const form = (text: string) => text.replace(/N\d+|\b[A-Z]\b|yes|no/g, "X");
  const said = answersTo(checkpoint, pretexts).map((text, i) => ({ text, own: pretexts[i].lessons[0].response }));
  const share = (fits: (one: (typeof said)[number]) => boolean) => (said.filter(fits).length / said.length).toFixed(2);
  console.log(
    `right: ${[...kinds].map(([kind, { right, n }]) => `${kind} ${(right / n).toFixed(2)} (${n})`).join(", ")}; ` +
      `self-supervised: ${share(({ text, own }) => text === own)}, ` +
      `well-formed ${share(({ text, own }) => form(text) === form(own))}`,
  );
}
