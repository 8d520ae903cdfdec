/**
 * Makes checkpoints/tiny-graph: a small Qwen2 of our own for text alone, with its own byte-level BPE. It begins with heads that look words
 * and names up, and learns on made-up graphs to answer by them: which texts have words in common, and questions of the self-supervised
 * tasks. Every 200 steps it is examined on graphs that it does not learn from. At the end, of 100 questions each: which node is like
 * another (of 5) 0.88 right, which of 2 or 4 texts 0.92, whether two nodes are alike 0.92; of the tasks attribute-mask is above chance
 * (0.47), the others have the form alone.
 *
 *     npm run make:tiny-graph [-- --steps N --out DIR]
 */
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Random } from "@ssl4rl/core";
import { createCheckpoint, saveCheckpoint, trainByteBpe } from "@ssl4rl/models";
import { aliases, letters } from "@ssl4rl/tasks";
import { beginWithLookups } from "./begin-with-lookups.js";
import { type LessonKind, lessonsOn, pretextGroup, pretexts, type Size } from "./graph-lessons.js";
import { madeUpGraph } from "./made-up-graph.js";
import { answersTo, chatFrame, type LessonGroup } from "./teach.js";
import { warmUp } from "./warm-up.js";

const { values: flags } = parseArgs({
  options: {
    steps: { type: "string", default: "1100" },
    out: { type: "string", default: "checkpoints/tiny-graph" },
  },
});
const GRAPHS = 24;
const VOCABULARY = 2560;
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
  rate: 1e-3,
  rise: 30,
  // What the model begins with is kept; how it answers is learnt above it.
  rateOf: (name) => (/layers\.[34]\.mlp/.test(name) ? 1 : 0.2),
  lessons: batchOf,
  kinds: ["pairs", "name", "near", "like", "options", "pretext"],
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
      layers: 5,
      heads: 2,
      kvHeads: 2,
      headDim: 64,
      rmsNormEps: 1e-6,
      ropeTheta: 1e6,
      mropeSection: [32, 0, 0],
    },
    vision: null,
    tied: true,
    tokenizer: trainByteBpe([...prose, ...corpus], VOCABULARY, marks),
    seed: 0,
  });
  beginWithLookups(made, [...NAMES, ...letters(8)]);
  return made;
}

/** One step's lessons; the parts of graphs that they are about grow. */
function batchOf(random: Random, progress = 1): LessonGroup[][] {
  const some = (count: number, make: () => LessonGroup | null) => {
    const groups: LessonGroup[] = [];
    // Not every part of a graph has what a lesson needs.
    while (groups.length < count) {
      const group = make();
      if (group) groups.push(group);
    }
    return groups;
  };
  const on = (kind: LessonKind, groups: number, count: number) =>
    some(groups, () => lessonsOn(random.pick(graphs), kind, sizeAt(progress, random), count, random));
  return [
    on("pairs", 4, 1),
    on("name", 3, 6),
    on("near", 4, 8),
    on("like", 4, 6),
    on("options", 4, 4),
    some(8, () => pretextGroup(random.pick(graphs), random.pick(Object.keys(pretexts)), random)),
  ];
}

/** Three nodes of four words at most in the beginning, up to eight of seven after three tenths of the steps. */
function sizeAt(progress: number, random: Random): Size {
  const grown = Math.min(1, 0.4 + 2 * progress);
  const up = (most: number) => random.int(Math.floor(grown * most) + 1);
  return { pairs: 1 + up(2), alone: 1 + up(1), words: 3 + up(4) };
}

/** Graphs that were not learnt from: right answers by kind of question, and the share of well-formed answers to self-supervised ones. */
function examine(): void {
  const random = Random.from("examine");
  const share = (groups: readonly LessonGroup[]) => {
    const said = answersTo(checkpoint, groups);
    const form = (text: string) => text.replace(/N\d+|\b[A-Z]\b|yes|no/g, "X");
    const own = groups.map(({ lessons }) => lessons[0].response);
    const part = (fits: (text: string, right: string) => boolean) =>
      (said.filter((text, i) => fits(text, own[i])).length / said.length).toFixed(2);
    return `${part((text, right) => text === right)} (${part((text, right) => form(text) === form(right))})`;
  };
  const many = (make: () => LessonGroup | null) =>
    Array.from({ length: 400 }, make)
      .filter((group) => group !== null)
      .slice(0, 100);
  const lessons = (["name", "near", "like", "options"] as const).map(
    (kind) =>
      `${kind} ${share(many(() => lessonsOn(random.pick(heldOut), kind, { pairs: 2, alone: 1, words: 5 }, 1, random)))}`,
  );
  const tasks = Object.keys(pretexts).map(
    (name) => `${name} ${share(many(() => pretextGroup(random.pick(heldOut), name, random)))}`,
  );
  console.log(`right (well-formed): ${[...lessons, ...tasks].join(", ")}`);
}
