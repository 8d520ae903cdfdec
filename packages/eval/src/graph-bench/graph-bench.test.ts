import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Graph, makeGraph, Random, type Split } from "@ssl4rl/core";
import { openGraph } from "@ssl4rl/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openBenchmark } from "../benchmark.js";
import { benchmarkNamed } from "../benchmarks/registry.js";
import { grade } from "../protocol.js";
import type { Question } from "../question.js";
import { majorityOf } from "../run/scores.js";
import { choiceProtocols, choicesOf } from "./choice-protocols.js";
import { drawStratified } from "./draw-stratified.js";
import { answerRate, macroF1 } from "./graph-metrics.js";
import { linkQuestions } from "./link-questions.js";
import { nodeQuestions } from "./node-questions.js";
import { relationQuestions } from "./relation-questions.js";
import { tailQuestions } from "./tail-questions.js";
import { testEdges } from "./test-edges.js";

const RELATIONS = ["likes", "hates", "owns"];

/** A random graph whose nodes are told by their titles. */
function randomGraph(directed: boolean): Graph {
  const random = Random.from("graph-bench", directed ? 1 : 0);
  const splits: readonly Split[] = ["train", "train", "train", "test"];
  return makeGraph({
    name: "random",
    about: "A graph.",
    noun: "thing",
    directed,
    nodes: Array.from({ length: 80 }, (_, i) => ({
      key: `key-${i}`,
      title: `title${i}x`,
      body: i % 3 ? `body of ${i}` : null,
      class: ["red", "green", "label 25"][i % 3],
    })),
    edges: Array.from({ length: 400 }, () => ({
      head: random.int(80),
      tail: random.int(80),
      relation: directed ? random.int(RELATIONS.length) : 0,
      split: random.pick(splits),
    })),
    ...(directed ? { relations: RELATIONS } : {}),
  });
}

/** The graph that a question shows, in the numbers of the graph it is from. */
function shown({ text }: Question) {
  const nodeOf = new Map(
    [...text.matchAll(/^\[(N\d+)\] title(\d+)x/gm)].map(([, alias, node]) => [alias, Number(node)]),
  );
  const lines = [...text.matchAll(/^(N\d+) -(?:-\[(\w+)\]--)?>? (N\d+)$/gm)];
  const edges = lines.map(([, from, relation, to]) => ({ from: nodeOf.get(from)!, to: nodeOf.get(to)!, relation }));
  const asked = text.slice(text.lastIndexOf("\n"));
  return { nodeOf, edges, asked: [...asked.matchAll(/N\d+/g)].map(([alias]) => nodeOf.get(alias)!) };
}

const untyped = randomGraph(false);
const typed = randomGraph(true);
const sets = {
  node: nodeQuestions(untyped, 1000),
  link: linkQuestions(untyped, 60),
  relation: relationQuestions(typed, 60, 2),
  "relation of all": relationQuestions(typed, 60, "all"),
  tail: tailQuestions(typed, 60),
};

describe.each(Object.entries(sets))("questions of kind %s", (kind, { questions }) => {
  const graph = kind === "node" || kind === "link" ? untyped : typed;

  it("show edges of the train split alone, and none between the nodes that are asked about", () => {
    expect(questions.length).toBeGreaterThan(4);
    let edges = 0;
    for (const question of questions) {
      const { edges: own, asked } = shown(question);
      edges += own.length;
      for (const { from, to, relation } of own) {
        const train = graph
          .edgesBetween(from, to)
          .filter((edge) => graph.isTrain(edge) && (!relation || graph.relations[graph.relation(edge)] === relation));
        expect(train.length).toBeGreaterThan(0);
        if (kind !== "node" && kind !== "tail") expect(asked.includes(from) && asked.includes(to)).toBe(false);
      }
    }
    expect(edges).toBeGreaterThan(questions.length);
  });

  it("show no id, have one answer of theirs marked right, and are the same each time", () => {
    for (const question of questions) {
      expect(question.text).not.toContain("key-");
      expect(question.target.kind === "text" && question.target.accepted.length).toBeGreaterThan(0);
    }
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    const again = kind === "tail" ? tailQuestions(typed, 60) : kind === "node" ? nodeQuestions(untyped, 1000) : null;
    if (again) expect(again.questions).toEqual(questions);
  });
});

describe("questions about classes", () => {
  it("ask about test nodes, by names that name something, and leave the rest out by name", () => {
    const { questions, skipped } = sets.node;
    const classes = new Set(questions.flatMap(({ choices }) => Object.values(choices ?? {})));
    expect([...classes].sort()).toEqual(["green", "red"]);
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(new Set(["its class label 25 has no name"]));
    for (const { id, labels, target, choices } of questions) {
      expect(labels.class).toBe(["red", "green"][Number(id.slice(4)) % 3]);
      expect(target.kind === "text" && choices![target.accepted[0]]).toBe(labels.class);
    }
  });

  it("keep to the published split where there is one", () => {
    const graph = makeGraph({
      name: "split",
      nodes: (["train", "test", null] as const).map((split, i) => ({ title: `t${i}`, class: "a", split })),
      edges: [{ head: 0, tail: 1 }],
    });
    expect(nodeQuestions(graph, 10).questions.map(({ id }) => id)).toEqual(["1"]);
  });
});

describe("questions about edges", () => {
  it("come in pairs of a true one and a wrong one of no split", () => {
    const { questions } = sets.link;
    for (let i = 0; i < questions.length; i += 2) {
      const pair = questions.slice(i, i + 2);
      expect(pair[0].group).toBe(pair[1].group);
      expect(pair.map(({ labels }) => labels.edge)).toEqual(["yes", "no"]);
      const [yes, no] = pair.map((question) => shown(question).asked);
      expect(untyped.edgesBetween(yes[0], yes[1]).some((edge) => untyped.splitOf(edge) === "test")).toBe(true);
      expect(untyped.hasEdge(no[0], no[1])).toBe(false);
      expect(yes.filter((node) => no.includes(node))).toHaveLength(1);
    }
  });

  it("take every relation that is true of the pair in any split, and offer no other true one", () => {
    for (const kind of ["relation", "relation of all"] as const) {
      for (const question of sets[kind].questions) {
        const { asked } = shown(question);
        const truths = new Set(typed.edgesFromTo(asked[0], asked[1]).map((edge) => RELATIONS[typed.relation(edge)]));
        const { choices = {}, target } = question;
        const accepted = target.kind === "text" ? target.accepted.map((key) => choices[key]) : [];
        expect(new Set(accepted)).toEqual(new Set(Object.values(choices).filter((name) => truths.has(name))));
        if (kind === "relation of all") expect(new Set(accepted)).toEqual(truths);
      }
    }
  });

  it("offer ten ends, of which one is tied to the head", () => {
    for (const question of sets.tail.questions) {
      const ends = Object.values(question.choices!).map((text) => Number(/title(\d+)x/.exec(text)![1]));
      const [head] = shown(question).asked;
      const tied = ends.filter((end) => typed.hasEdge(head, end));
      expect(ends).toHaveLength(10);
      expect(tied).toHaveLength(1);
      const { nodeOf } = shown(question);
      expect(ends.filter((end) => [...nodeOf.values()].includes(end))).toEqual([]);
    }
  });
});

describe("the answer to a question with choices", () => {
  const question: Question = {
    id: "1",
    text: "Which?",
    images: [],
    choices: choicesOf(["Rule Learning", "Theory"]),
    target: { kind: "text", accepted: ["B"] },
    group: "1",
    labels: {},
  };
  const [thinking, short] = choiceProtocols;

  it.each(["B", "b.", "(B)", "Theory", "B. Theory", "<think>A?</think> <answer>theory.</answer>", "\\boxed{B}"])(
    "%s is read",
    async (response) => {
      expect((await grade(question, response, thinking)).extraction.answer).toBe("B");
    },
  );

  it.each(["", "A or B", "The answer is B", "<answer>C</answer>", "<think>B</think>", "Theory or Rule Learning"])(
    "%s is no answer",
    async (response) => {
      expect((await grade(question, response, thinking)).extraction.answer).toBeNull();
    },
  );

  it("is asked for by letters, by two words, or by many names", () => {
    expect(short.ask(question)).toBe(
      "Which?\nA. Rule Learning\nB. Theory\nAnswer with A or B.\nAnswer in this form: <answer>X</answer>",
    );
    expect(short.ask({ ...question, choices: { yes: "yes", no: "no" } })).toContain("\nAnswer with yes or no.\n");
    const names = Array.from({ length: 30 }, (_, i) => `name ${i}`);
    expect(short.ask({ ...question, choices: choicesOf(names) })).toContain("one of these:\nname 0\nname 1\n");
  });
});

describe("metrics of graphs", () => {
  const scored = (meant: string, said: string | null) => ({
    question: {
      id: "",
      text: "",
      images: [],
      choices: { A: "a", B: "b", C: "c" },
      target: { kind: "text" as const, accepted: [meant.toUpperCase()] },
      group: "",
      labels: { class: meant },
    },
    extraction: { answer: said?.toUpperCase() ?? null, how: [] },
    accuracy: meant === said ? 1 : 0,
  });

  it("macro-F1 weighs classes alike; what is unreadable is missed", () => {
    // a: 2 of 3 found, said 3 times; b: 1 of 1, said once; c: 0 of 1.
    const answers = [scored("a", "a"), scored("a", "a"), scored("a", null), scored("b", "b"), scored("c", "a")];
    expect(macroF1("class").measure(answers).value).toBeCloseTo((4 / 6 + 1 + 0) / 3, 12);
    expect(macroF1("class").measure(answers.map(({ extraction: _, ...guess }) => guess)).value).toBeNaN();
  });

  it("an answer's rate is counted among the questions of one kind", () => {
    const answers = [scored("a", "b"), scored("a", null), scored("b", "b")];
    expect(answerRate("said b", "b", "class", "a").measure(answers)).toEqual({ value: 0.5, n: 2, hits: 1 });
  });

  it("the majority is the commonest value of a label", () => {
    const questions = [scored("a", null), scored("b", null), scored("b", null)].map(({ question }) => question);
    expect(majorityOf(questions, "class")).toEqual({ answer: "b", share: 2 / 3 });
  });
});

describe("drawStratified", () => {
  it("draws each stratum in proportion, to the nearest whole, none twice", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 1, maxLength: 80 }),
        fc.nat(100),
        fc.nat(),
        (strata, count, seed) => {
          const items = strata.map((stratum, i) => ({ stratum, i }));
          const drawn = drawStratified(items, ({ stratum }) => stratum, count, Random.from(seed));
          expect(drawn).toHaveLength(Math.min(count, items.length));
          expect(new Set(drawn).size).toBe(drawn.length);
          for (const stratum of new Set(strata)) {
            const size = strata.filter((each) => each === stratum).length;
            const share = drawn.filter((each) => each.stratum === stratum).length;
            expect(Math.abs(share - (drawn.length * size) / items.length)).toBeLessThan(1);
          }
        },
      ),
    );
  });
});

const shared = fileURLToPath(new URL("../../../../../shared/data/graphs/", import.meta.url));

describe.skipIf(!existsSync(shared))("published graphs (needs ../shared/data/graphs)", () => {
  it("are found in a folder of graphs, or by their own: 443 of PubMed's 1,000 test nodes have a title", async () => {
    const benchmark = benchmarkNamed("pubmed-node");
    for (const folder of [shared, `${shared}pubmed`]) {
      const { questions, skipped } = await openBenchmark(benchmark, folder);
      expect([questions.length, skipped.length]).toEqual([443, 557]);
    }
  });

  it("WN18RR: always hypernym scores 39.92 on all test triples, 39.9 on the list; a third of the pairs are linked in train", async () => {
    const graph = await openGraph(`${shared}wn18rr`);
    const { edges, skipped } = testEdges(graph, Random.from(0));
    expect([edges.length, skipped.length]).toEqual([3134, 0]);
    const named = edges.filter((edge) => graph.relations[graph.relation(edge)] === "hypernym");
    expect(((100 * named.length) / edges.length).toFixed(2)).toBe("39.92");
    const between = (edge: number) =>
      graph.edgesBetween(graph.head(edge), graph.tail(edge)).filter((other) => graph.isTrain(other));
    expect(edges.filter((edge) => between(edge).length > 0)).toHaveLength(1096);
    const reversed = edges.filter((edge) =>
      between(edge).some((other) => graph.relation(other) === graph.relation(edge)),
    );
    expect(reversed).toHaveLength(1086);
    const { questions } = relationQuestions(graph, 300, "all");
    expect(majorityOf(questions, "relation")).toEqual({ answer: "hypernym", share: 0.4 });
    expect(questions.every(({ text }) => !/\b\d{8}\b/.test(text))).toBe(true);
  });

  it("Cora and PubMed: the largest class has 30.2 % and 39.9 % of all nodes", async () => {
    for (const [name, share] of [
      ["cora", "30.2"],
      ["pubmed", "39.9"],
    ]) {
      const graph = await openGraph(`${shared}${name}`);
      const classes = Array.from({ length: graph.nodes }, (_, node) => ({
        labels: { class: `${graph.classOf(node)}` },
      }));
      expect((100 * majorityOf(classes, "class").share).toFixed(1)).toBe(share);
    }
  });
});
