import { answerOnly, type Graph, type GraphNode, isSkip, pose, type Random, wordsOf } from "@ssl4rl/core";
import {
  attributeMask,
  Context,
  contextOptions,
  letters,
  linkPrediction,
  linkRelation,
  linkTail,
  neighborChoice,
  neighborPrediction,
  printOptions,
  type TaskFactory,
} from "@ssl4rl/tasks";
import type { Lesson, LessonGroup } from "./teach.js";

/** Two to eight nodes by their titles, so that a prompt is two hundred tokens at most. */
const CONTEXTS = ["1x1", "1x1", "2x1", "3x1"].map((sample) =>
  contextOptions(sample).parse({ text: "title", budget: 700 }),
);

/**
 * Lessons on one part of a graph: short ones, how to find texts and words in it and follow edges; or long ones, how to compare its texts with
 * others. Null where not as many could be drawn.
 */
export function readingGroup(
  graph: Graph,
  kind: keyof typeof lessonKinds,
  count: number,
  random: Random,
): LessonGroup | null {
  const target = random.int(graph.nodes);
  const other = random.int(graph.nodes);
  const targets = random.chance(0.5) ? [target] : [target, other];
  const context = Context.draw({ graph, targets, hidden: new Set() }, random.pick(CONTEXTS), random);
  if (isSkip(context) || context.nodes.length < 2) return null;
  const lessons: Lesson[] = [];
  for (let attempt = 0; attempt < 5 * count && lessons.length < count; attempt++) {
    const lesson = random.pick(lessonKinds[kind])(graph, context, random);
    if (lesson) lessons.push(lesson);
  }
  return lessons.length < count ? null : { images: [], text: context.print(random), lessons };
}

const lessonKinds = {
  short: [textLesson, textLesson, wordLesson, nearLesson, neighbourLesson],
  long: [likeLesson],
};

/** A part of a graph, to be written again in another order: each word has to be looked up, which is what all other lessons begin with. */
export function copyingGroup(graph: Graph, random: Random): LessonGroup | null {
  const context = somePart(graph, random);
  if (!context) return null;
  const again = random.shuffle([...context.nodes]).map((node) => `[${context.alias(node)}] ${context.texts.get(node)}`);
  return {
    images: [],
    text: context.print(random),
    lessons: [{ text: "\nWrite it again.", response: again.join("\n") }],
  };
}

/** At which node stands each of some words? Many short answers for one reading. */
export function findingGroup(graph: Graph, random: Random): LessonGroup | null {
  const context = somePart(graph, random);
  if (!context) return null;
  const own = context.nodes.flatMap((node) => ownWords(context, node).map((word) => ({ word, node })));
  const asked = random.shuffle(own).slice(0, 12);
  if (asked.length === 0) return null;
  const question = `\nWhere are these words: ${asked.map(({ word }) => word).join(", ")}?`;
  const response = asked.map(({ word, node }) => `${word} ${context.alias(node)}`).join(", ");
  return { images: [], text: context.print(random), lessons: [{ text: question, response }] };
}

function somePart(graph: Graph, random: Random): Context | null {
  const wanted = { graph, targets: [random.int(graph.nodes)], hidden: new Set<number>() };
  const context = Context.draw(wanted, random.pick(CONTEXTS), random);
  return isSkip(context) ? null : context;
}

/** What stands at a node? */
function textLesson(_: Graph, context: Context, random: Random): Lesson | null {
  const node = random.pick(context.nodes);
  const text = context.texts.get(node);
  return text ? asked(`What is ${context.alias(node)}?`, text) : null;
}

/** Which node has a word that no other node has? */
function wordLesson(_: Graph, context: Context, random: Random): Lesson | null {
  const node = random.pick(context.nodes);
  const own = ownWords(context, node);
  if (own.length === 0) return null;
  return asked(`Which node has the word "${random.pick(own)}"?`, context.alias(node));
}

/** Which of some texts has the most words in common with that of a node? Texts of nodes that are not shown, long or short. */
function likeLesson(graph: Graph, context: Context, random: Random): Lesson | null {
  const node = random.pick(context.nodes);
  const own = new Set(wordsIn(context, node));
  const count = random.pick([2, 4, 4]);
  const length = random.pick([2, 4, 6]);
  const draw = () => {
    const words = (graph.title(random.int(graph.nodes)) ?? "").split(" ");
    return words.slice(0, length).join(" ");
  };
  const common = (text: string) => wordsOf(text).filter((word) => word.length > 3 && own.has(word)).length;
  let right: string | null = null;
  const wrong: string[] = [];
  for (let i = 0; i < 300 && (right === null || wrong.length < count - 1); i++) {
    const text = draw();
    if (common(text) > 0 && right === null && text !== context.texts.get(node)) right = text;
    else if (common(text) === 0 && wrong.length < count - 1 && !wrong.includes(text)) wrong.push(text);
  }
  if (right === null || wrong.length < count - 1) return null;
  const place = random.int(count);
  const question = random.pick([
    `Which text has words in common with ${context.alias(node)}?`,
    `What is most like ${context.alias(node)}?`,
  ]);
  return asked(
    `${question}\n${printOptions(letters(count), wrong.toSpliced(place, 0, right))}\nAnswer with ${orLetters(count)}.`,
    letters(count)[place],
  );
}

/** Do two nodes have a word in common? */
function nearLesson(_: Graph, context: Context, random: Random): Lesson | null {
  const wanted = random.chance(0.5);
  for (let attempt = 0; attempt < 20; attempt++) {
    const [a, b] = [random.pick(context.nodes), random.pick(context.nodes)];
    if (a === b) continue;
    const words = new Set(wordsIn(context, a).filter((word) => word.length > 3));
    if (wordsIn(context, b).some((word) => words.has(word)) !== wanted) continue;
    return asked(`Have ${context.alias(a)} and ${context.alias(b)} words in common: yes or no?`, wanted ? "yes" : "no");
  }
  return null;
}

/** Which node is tied to another by an edge that is shown? */
function neighbourLesson(graph: Graph, context: Context, random: Random): Lesson | null {
  if (context.edges.length === 0) return null;
  const node = context.nodes[random.int(context.nodes.length)];
  const tied = context.edges.flatMap((edge) => {
    const ends = [graph.head(edge), graph.tail(edge)];
    return ends.includes(node) ? ends.filter((end) => end !== node) : [];
  });
  if (tied.length === 0) return null;
  return asked(`Name a neighbour of ${context.alias(node)}.`, context.alias(random.pick(tied)));
}

/** The self-supervised tasks, with prompts as short as the lessons'. */
const short = { text: "title", budget: 700 };
const pretexts: readonly (readonly [TaskFactory, Readonly<Record<string, unknown>>])[] = [
  [attributeMask as TaskFactory, { ...short, sample: "3x1" }],
  [neighborPrediction as TaskFactory, { ...short, sample: "2x1", candidates: 4, neighbours: 1 }],
  [neighborPrediction as TaskFactory, { ...short, sample: "2x1", candidates: 6, neighbours: 2 }],
  [neighborChoice as TaskFactory, { ...short, sample: "2x1" }],
  [linkPrediction as TaskFactory, { ...short, sample: "3x1" }],
  [linkRelation as TaskFactory, { ...short, sample: "3x1" }],
  [linkTail as TaskFactory, { ...short, sample: "3x1" }],
];

/** A question of one of the self-supervised tasks with its answer: few of them, so that little more than the form is learnt. */
export function pretextGroup(graph: Graph, random: Random): LessonGroup | null {
  const [factory, options] = random.pick(pretexts);
  const task = factory.create(options);
  const node = random.int(graph.nodes);
  const item: GraphNode = { id: `${graph.id}:${node}`, name: graph.name, graph, node };
  const problem = pose(item, task, answerOnly, random.int(task.answers.size), random.uint32());
  return isSkip(problem) ? null : { images: [], lessons: [{ text: problem.prompt, response: problem.solution }] };
}

function asked(question: string, answer: string): Lesson {
  return { text: `\n${question}\n${answerOnly.instruction}`, response: answerOnly.wrap(answer) };
}

/** Words of a node that no other node has, as they are written. */
function ownWords(context: Context, node: number): string[] {
  const elsewhere = new Set(context.nodes.flatMap((one) => (one === node ? [] : wordsIn(context, one))));
  const words = (context.texts.get(node) ?? "").match(/\p{L}{4,}/gu) ?? [];
  return [...new Set(words)].filter((word) => !elsewhere.has(word.toLowerCase()));
}

function wordsIn(context: Context, node: number): string[] {
  return [...wordsOf(context.texts.get(node) ?? "")];
}

function orLetters(count: number): string {
  const all = letters(count);
  return `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
}
