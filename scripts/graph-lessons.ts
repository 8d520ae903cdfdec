import { answerOnly, type Graph, type GraphNode, isSkip, orList, pose, type Random, wordsOf } from "@ssl4rl/core";
import {
  aliases,
  attributeMask,
  letters,
  linkPrediction,
  linkRelation,
  linkTail,
  neighborChoice,
  neighborPrediction,
  printGraph,
  printOptions,
  shortText,
  type TaskFactory,
} from "@ssl4rl/tasks";
import type { Lesson, LessonGroup } from "./teach.js";

/** How large a part of a graph lessons are about. */
export interface Size {
  /** Pairs of nodes with words in common, and nodes that have none with any. */
  readonly pairs: number;
  readonly alone: number;
  /** Words of each node's text, at most. */
  readonly words: number;
}

/** A few nodes of a graph as they are printed; `like` is the other node of a pair. */
interface Part {
  readonly graph: Graph;
  readonly text: string;
  readonly nodes: readonly PartNode[];
  readonly edges: readonly (readonly [string, string])[];
}

interface PartNode {
  readonly alias: string;
  readonly text: string;
  readonly like: string | null;
}

const lessonKinds = {
  pairs: [pairsLesson],
  name: [wordLesson, neighbourLesson],
  near: [nearLesson],
  like: [likeLesson],
  options: [optionsLesson],
};
export type LessonKind = keyof typeof lessonKinds;

/** Some lessons of a kind on one part of a graph; null where it has not what they need. */
export function lessonsOn(
  graph: Graph,
  kind: LessonKind,
  size: Size,
  count: number,
  random: Random,
): LessonGroup | null {
  const part = partOf(graph, size, random);
  if (!part) return null;
  const lessons: Lesson[] = [];
  for (let attempt = 0; attempt < 5 * count && lessons.length < count; attempt++) {
    const lesson = random.pick(lessonKinds[kind])(part, random);
    if (lesson) lessons.push(lesson);
  }
  return lessons.length < count ? null : { images: [], text: part.text, lessons };
}

/** Null where chance does not find enough nodes that fit. */
function partOf(graph: Graph, { pairs, alone, words }: Size, random: Random): Part | null {
  const texts: string[] = [];
  const own = new Set<string>();
  const draw = (fits: (text: string, common: Set<string>) => boolean): boolean => {
    for (let attempt = 0; attempt < 300; attempt++) {
      const all = (shortText(graph, random.int(graph.nodes)) ?? "").split(" ");
      const text = all.slice(0, 1 + random.int(words)).join(" ");
      const common = new Set(longWords(text));
      if (common.size === 0 || !fits(text, common)) continue;
      texts.push(text);
      for (const word of common) own.add(word);
      return true;
    }
    return false;
  };
  const strange = (_: string, common: Set<string>) => ![...common].some((word) => own.has(word));
  for (let i = 0; i < pairs; i++) {
    if (!draw(strange)) return null;
    const first = new Set(longWords(texts.at(-1)!));
    const others = new Set([...own].filter((word) => !first.has(word)));
    const fits = (text: string, common: Set<string>) =>
      text !== texts.at(-1) &&
      [...common].some((word) => first.has(word)) &&
      ![...common].some((word) => others.has(word));
    if (!draw(fits)) return null;
  }
  for (let i = 0; i < alone; i++) if (!draw(strange)) return null;
  const names = random.shuffle(aliases(texts.length));
  const nodes = texts.map((text, i) => ({
    alias: names[i],
    text,
    like: i < 2 * pairs ? names[i % 2 === 0 ? i + 1 : i - 1] : null,
  }));
  const edges = Array.from(
    { length: random.int(nodes.length) },
    () => random.shuffle(names).slice(0, 2) as [string, string],
  );
  const relation = graph.relations.length > 0 ? random.pick(graph.relations) : null;
  const text = printGraph(
    {
      about: graph.about,
      nodes: random.shuffle(nodes),
      edges: edges.map(([from, to]) => ({ from, to, relation, directed: graph.directed })),
    },
    "list",
  );
  return { graph, text, nodes, edges };
}

/** Of each node, the one with which it has words in common. */
function pairsLesson({ nodes }: Part, random: Random): Lesson {
  const said = random.shuffle(nodes).map(({ alias, like }) => `${alias} ${like ?? "none"}`);
  return { text: "\nWhich are alike?", response: said.join(", ") };
}

/** Which node has a word that no other node has? */
function wordLesson({ nodes }: Part, random: Random): Lesson | null {
  const node = random.pick(nodes);
  const own = ownWords(nodes, node);
  return own.length === 0 ? null : asked(`Which node has the word "${random.pick(own)}"?`, node.alias);
}

/** Which node is tied to another by an edge that is shown? */
function neighbourLesson({ nodes, edges }: Part, random: Random): Lesson | null {
  const { alias } = random.pick(nodes);
  const tied = edges.filter((ends) => ends.includes(alias)).map(([a, b]) => (a === alias ? b : a));
  return tied.length === 0 ? null : asked(`Name a neighbour of ${alias}.`, random.pick(tied));
}

/** Have two nodes a word in common? Asked in so many words, and as link prediction asks. */
function nearLesson({ nodes }: Part, random: Random): Lesson | null {
  const near = random.chance(0.5);
  const node = random.pick(nodes);
  const other = random.pick(nodes);
  if (node === other || (near && !node.like) || (!near && node.like === other.alias)) return null;
  const [from, to] = [node.alias, near ? node.like : other.alias];
  const question = random.pick([
    `Are ${from} and ${to} alike: yes or no?`,
    `Some edges are not shown. Is there the edge ${from} - ${to}: yes or no?`,
  ]);
  return asked(question, near ? "yes" : "no");
}

/** Which of some nodes has words in common with another? Asked in so many words, and as neighbor prediction asks. */
function likeLesson({ nodes }: Part, random: Random): Lesson | null {
  const node = random.pick(nodes);
  if (!node.like) return null;
  const others = nodes.filter((other) => other !== node).map(({ alias }) => alias);
  const among = others.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  const choice = `\nAnswer with exactly 1 of ${orList(among)}, separated by commas.`;
  const question = random.pick([
    `Which node is most like ${node.alias}?`,
    `Which node is most like ${node.alias}?${choice}`,
    `Some edges are not shown. Which nodes stand at the ? of hidden edges ${node.alias} - ?${choice}`,
  ]);
  return asked(question, node.like);
}

/** Which of some texts has words in common with that of a node? Texts of nodes that are not shown. */
function optionsLesson({ graph, nodes }: Part, random: Random): Lesson | null {
  const node = random.pick(nodes);
  const own = new Set(longWords(node.text));
  const count = random.pick([2, 4]);
  let right: string | null = null;
  const wrong: string[] = [];
  for (let i = 0; i < 300 && (right === null || wrong.length < count - 1); i++) {
    const all = (shortText(graph, random.int(graph.nodes)) ?? "").split(" ");
    const text = all.slice(0, 1 + random.int(5)).join(" ");
    const near = longWords(text).some((word) => own.has(word));
    if (near) right ??= text === node.text ? null : text;
    else if (wrong.length < count - 1) wrong.push(text);
  }
  if (right === null || wrong.length < count - 1) return null;
  const place = random.int(count);
  const names = letters(count);
  return asked(
    `Which text is most like ${node.alias}?\n${printOptions(names, wrong.toSpliced(place, 0, right))}\n` +
      `Answer with ${orList(names)}.`,
    names[place],
  );
}

const short = { text: "title", budget: 700 };
/** The self-supervised tasks, with prompts as short as the lessons'. */
export const pretexts: Readonly<Record<string, readonly [TaskFactory, Readonly<Record<string, unknown>>]>> = {
  attribute: [attributeMask as TaskFactory, { ...short, sample: "3x1" }],
  neighbor: [neighborPrediction as TaskFactory, { ...short, sample: "2x1", candidates: 4, neighbours: 1 }],
  neighbors: [neighborPrediction as TaskFactory, { ...short, sample: "2x1", candidates: 6, neighbours: 2 }],
  choice: [neighborChoice as TaskFactory, { ...short, sample: "2x1" }],
  link: [linkPrediction as TaskFactory, { ...short, sample: "3x1" }],
  relation: [linkRelation as TaskFactory, { ...short, sample: "3x1" }],
  tail: [linkTail as TaskFactory, { ...short, sample: "3x1" }],
};

/** A question of one of the self-supervised tasks with its answer. */
export function pretextGroup(graph: Graph, name: string, random: Random): LessonGroup | null {
  const [factory, options] = pretexts[name];
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
function ownWords(nodes: readonly PartNode[], node: PartNode): string[] {
  const elsewhere = new Set(nodes.flatMap((one) => (one === node ? [] : longWords(one.text))));
  const words = node.text.match(/\p{L}{4,}/gu) ?? [];
  return [...new Set(words)].filter((word) => !elsewhere.has(word.toLowerCase()));
}

function longWords(text: string): string[] {
  return wordsOf(text).filter((word) => word.length > 3);
}
