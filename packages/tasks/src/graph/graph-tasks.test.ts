/** What holds for every task on graphs: nothing of the answer shows but through what a reader may use. */
import {
  type Graph,
  isSkip,
  makeGraph,
  type Problem,
  pose,
  Random,
  thinkAnswer,
  UserError,
  wordsOf,
} from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { registry, taskNamed } from "../registry.js";
import { readGraph, readOptions } from "./graph-text.js";
import { namesOf, shortText } from "./node-text.js";
import { nodeOf, testGraph } from "./test-graph.js";
import { bucketOf, VisibleGraph } from "./visible-graph.js";

const [papers, facts] = [testGraph(300), testGraph(300, { relations: 6 })];
const names = registry
  .map((factory) => factory.create())
  .flatMap(({ id, needs }) => (needs === "graph" ? [id.split("@")[0]] : []));

interface Drawn {
  readonly nodes: number[];
  readonly visible: number[];
  readonly targets: number[];
  readonly hidden?: number[];
  readonly options?: number[];
  readonly candidates?: number[];
  readonly like?: number;
  readonly words?: string[];
}

/** Some problems of a task on both graphs. */
function problems(name: string, options = {}, count = 60): { graph: Graph; problem: Problem; drawn: Drawn }[] {
  const task = taskNamed(name).create(options);
  return [papers, facts].flatMap((graph) =>
    Array.from({ length: count }, (_, i) => {
      const problem = pose(nodeOf(graph, i), task, thinkAnswer, (i * 7919) % Math.min(task.answers.size, 2 ** 32), 0);
      return isSkip(problem) ? [] : [{ graph, problem, drawn: problem.drawn as unknown as Drawn }];
    }).flat(),
  );
}

describe.each(names)("%s", (name) => {
  const all = problems(name);

  it("can be posed on most nodes", () => {
    expect(all.length).toBeGreaterThan(name === "link-relation" || name === "attribute-words" ? 10 : 60);
  });

  it("asks about nodes of many edges, or of few, where it is told to", () => {
    const degrees = (degree: string) =>
      problems(name, { degree }).map(({ graph, drawn }) => VisibleGraph.of(graph).degree(drawn.targets[0]));
    const [few, many] = [degrees("low"), degrees("high")];
    expect(few.length).toBeGreaterThan(0);
    expect(many.length).toBeGreaterThan(0);
    expect(Math.max(...few)).toBeLessThan(Math.min(...many));
  });

  it("shows edges of the train split alone, and all that it shows is in its record", () => {
    for (const { graph, problem, drawn } of all) {
      const shown = readGraph(problem.prompt)!;
      expect(shown.nodes.length).toBe(drawn.nodes.length);
      expect(shown.edges.length).toBe(drawn.visible.length);
      for (const edge of drawn.visible) expect(graph.splitOf(edge)).toBe("train");
      const ends = drawn.visible.flatMap((edge) => [graph.head(edge), graph.tail(edge)]);
      for (const end of ends) expect(drawn.nodes).toContain(end);
    }
  });

  it("shows no edge between a target and what is asked about, in any direction or split", () => {
    for (const { graph, drawn } of all) {
      const { targets, candidates = [] } = drawn;
      const asked = targets.length > 1 ? targets : [...targets, ...candidates];
      const between = drawn.visible.filter((edge) => {
        const ends = [graph.head(edge), graph.tail(edge)];
        return ends.includes(targets[0]) && asked.some((node) => node !== targets[0] && ends.includes(node));
      });
      expect(between).toEqual([]);
      for (const edge of drawn.hidden ?? []) expect(drawn.visible).not.toContain(edge);
    }
  });

  it("names no node by its key", () => {
    for (const { graph, problem, drawn } of all) {
      for (const node of drawn.nodes) expect(problem.prompt).not.toContain(graph.key(node));
    }
  });

  it("does not begin with a target, and calls nodes otherwise in another variant", () => {
    for (const { problem, drawn } of all) {
      const first = readGraph(problem.prompt)!.nodes[0].alias;
      if (drawn.nodes.length > drawn.targets.length) {
        expect(drawn.targets).not.toContain(drawn.nodes[Number(first.slice(1)) - 1]);
      }
    }
  });

  it("keeps to its budget, from far nodes on, and says what it left out", () => {
    const tight = problems(name, { budget: 2500, sample: "9x9" }, 20);
    expect(tight.some(({ problem }) => (problem.drawn.nodesLeftOut as number) > 0)).toBe(true);
    for (const { problem, drawn } of tight) {
      const { prompt } = problem;
      const graphPart = prompt.slice(0, prompt.lastIndexOf("\nN") + 1);
      expect(graphPart.length).toBeLessThan(3500);
      for (const target of drawn.targets) expect(drawn.nodes).toContain(target);
    }
  });

  it("skips what cannot carry it with a reason", () => {
    const lonely = makeGraph({ name: "lonely", nodes: [{ title: "a" }, {}], edges: [{ head: 0, tail: 0 }] });
    const posed = pose(nodeOf(lonely, 1), taskNamed(name).create(), thinkAnswer, 0, 0);
    expect(isSkip(posed) && posed.skip).toMatch(/\w+ \w+/);
  });
});

describe("link-prediction", () => {
  it("has an edge where the answer is yes and none in any split where it is no, of nodes alike in degree and neighbours", () => {
    const exact = problems("link-prediction").map(({ graph, problem, drawn }) => {
      const [node, other] = drawn.targets;
      expect(graph.hasEdge(node, other)).toBe(problem.target === "yes");
      const visible = VisibleGraph.of(graph);
      const hidden = new Set(drawn.hidden);
      const buckets = [other, drawn.like!].map((one) => [
        bucketOf(visible.degree(one, hidden)),
        bucketOf(visible.commonNeighbours(node, one, hidden)),
      ]);
      for (const k of [0, 1]) expect(Math.abs(buckets[0][k] - buckets[1][k])).toBeLessThanOrEqual(1);
      return String(buckets[0]) === String(buckets[1]);
    });
    expect(exact.filter(Boolean).length / exact.length).toBeGreaterThan(0.75);
  });

  it("asks of a node under both answers or under none", () => {
    for (const answer of [0, 1]) {
      const task = taskNamed("link-prediction").create();
      const posed = Array.from({ length: 60 }, (_, i) => pose(nodeOf(papers, i), task, thinkAnswer, answer, 0));
      expect(posed.filter(isSkip).length).toBeLessThan(10);
    }
  });
});

describe("link-relation", () => {
  it("lists one true relation, or none where none of these is the answer", () => {
    const all = problems("link-relation");
    for (const { graph, problem, drawn } of all) {
      const options = readOptions(problem.prompt);
      expect(options.at(-1)!.text).toBe("none of these");
      expect(new Set(options.map(({ text }) => text)).size).toBe(options.length);
      const [node, other] = drawn.targets;
      const between = graph.edgesBetween(node, other).map((edge) => graph.relations[graph.relation(edge)]);
      const right = options.find(({ letter }) => letter === problem.target)!.text;
      if (right === "none of these") expect(between).toEqual([]);
      else expect(between).toContain(right);
    }
    expect(all.some(({ problem }) => problem.target === "E")).toBe(true);
  });

  it("shows none of the offered relations at the two nodes", () => {
    for (const { problem, drawn } of problems("link-relation")) {
      const { edges } = readGraph(problem.prompt)!;
      const [, from, to] = problem.prompt.match(/leads from (N\d+) to (N\d+)/)!;
      const at = edges.filter(({ from: a, to: b }) => [a, b].some((end) => end === from || end === to));
      const offered = readOptions(problem.prompt).map(({ text }) => text);
      expect(at.filter(({ relation }) => offered.includes(relation!))).toEqual([]);
      expect(drawn.options).toHaveLength(offered.length - 1);
    }
  });

  it("has every option as the right one equally often, frequent relations too", () => {
    // One relation in half of the edges, the others ever rarer.
    const random = Random.from("skewed");
    const edges = Array.from({ length: 4000 }, () => ({
      head: random.int(400),
      tail: random.int(400),
      relation: Math.min(5, Math.floor(-Math.log2(1 - random.float()))),
    }));
    const texts = Array.from({ length: 400 }, (_, i) => ({ title: `entity ${i}`, body: null }));
    const relations = ["often", "half", "quarter", "eighth", "seldom", "rare"];
    const graph = makeGraph({ name: "skewed", nodes: texts, edges, directed: true, relations });
    const task = taskNamed("link-relation").create({ relations: 2 });
    let pairs = 0;
    let often = 0;
    for (let i = 0; i < 4000; i++) {
      const problem = pose(nodeOf(graph, i % 400), task, thinkAnswer, i % 2, i);
      if (isSkip(problem)) continue;
      const options = readOptions(problem.prompt).slice(0, 2);
      if (!options.some(({ text }) => text === "often")) continue;
      pairs++;
      if (options.find(({ letter }) => letter === problem.target)!.text === "often") often++;
    }
    expect(pairs).toBeGreaterThan(600);
    // Drawn by frequency alone it would be right in 58 %.
    expect(often / pairs).toBeGreaterThan(0.45);
    expect(often / pairs).toBeLessThan(0.55);
  });

  it("needs a graph of as many relations", () => {
    expect(problems("link-relation", { relations: 7 })).toEqual([]);
  });
});

describe.each(["neighbor-prediction", "neighbor-choice", "neighbor-any"])("%s", (name) => {
  it("calls hidden neighbours as the answer says, and the other candidates are no neighbours in any split", () => {
    for (const { graph, problem, drawn } of problems(name)) {
      const right = problem.target.split(", ");
      for (const [i, candidate] of drawn.candidates!.entries()) {
        const tied = graph.hasEdge(drawn.targets[0], candidate);
        expect(tied).toBe(right.includes(`N${i + 1}`));
      }
    }
  });
});

describe.each(["attribute-mask", "attribute-text"])("%s", (name) => {
  it("shows the masked text nowhere but among the options, nor its names", () => {
    for (const { graph, problem, drawn } of problems(name)) {
      const [target] = drawn.targets;
      const shown = readGraph(problem.prompt)!.nodes.map(({ text }) => text);
      expect(shown.filter((text) => text === "[MASKED]")).toHaveLength(1);
      for (const title of namesOf(graph, target)) for (const text of shown) expect(text).not.toContain(title);
      const options = readOptions(problem.prompt);
      if (options.length > 0) {
        const right = options.find(({ letter }) => letter === problem.target)!.text;
        expect(right.startsWith(shortText(graph, target)!)).toBe(true);
        for (const node of drawn.options!) expect(node === target || !drawn.nodes.includes(node)).toBe(true);
      }
    }
  });
});

it("attribute-mask offers titles where titles are shown", () => {
  for (const { graph, problem, drawn } of problems("attribute-mask", { text: "title" })) {
    const offered = readOptions(problem.prompt).map(({ text }) => text);
    expect(offered).toEqual(drawn.options!.map((node) => shortText(graph, node, 300)));
  }
});

describe("neighbor-choice", () => {
  it("has candidates that all have a text, or none", () => {
    const graph = testGraph(300, { textless: 0.4 });
    const task = taskNamed("neighbor-choice").create();
    const posed = Array.from({ length: 200 }, (_, i) => pose(nodeOf(graph, i), task, thinkAnswer, i % 4, 0));
    const shares = posed.flatMap((problem) => {
      if (isSkip(problem)) return [];
      const { candidates } = problem.drawn as unknown as { readonly candidates: readonly number[] };
      return candidates.filter((node) => graph.title(node) === null).length / candidates.length;
    });
    expect(new Set(shares)).toEqual(new Set([0, 1]));
  });
});

describe("attribute-words", () => {
  it.each([true, false])("blanks words that stand nowhere in the graph's text (bank %j)", (bank) => {
    for (const { problem, drawn } of problems("attribute-words", { bank })) {
      const graph = readGraph(problem.prompt)!;
      const shown = new Set(graph.nodes.flatMap(({ text }) => wordsOf(text)));
      for (const word of drawn.words!) expect(shown).not.toContain(word);
      const given = problem.target.split(", ");
      const bankOf = new Map(readOptions(problem.prompt).map(({ letter, text }) => [letter, text]));
      expect(given.map((word) => (bank ? bankOf.get(word) : word))).toEqual(drawn.words);
      expect(bankOf.size).toBe(bank ? 4 : 0);
    }
  });

  it("blanks no word that marks a blank", () => {
    const title = "brass blank stamping pendants";
    const nodes = Array.from({ length: 60 }, (_, i) => ({
      title:
        i === 0 ? title : `thing ${["alpha", "beta", "gamma"][i % 3]} ${String.fromCharCode(97 + (i % 26)).repeat(5)}`,
    }));
    const edges = nodes.slice(1).map((_, i) => ({ head: i, tail: i + 1 }));
    const graph = makeGraph({ name: "shop", nodes, edges });
    const task = taskNamed("attribute-words").create({ bank: false });
    for (let variant = 0; variant < 20; variant++) {
      const problem = pose(nodeOf(graph, 0), task, thinkAnswer, 0, variant);
      if (isSkip(problem)) throw new Error(problem.skip);
      expect(problem.drawn.words).not.toContain("blank");
      expect(problem.prompt).toMatch(/blank/);
    }
  });
});

it("options of a graph task out of range are named", () => {
  expect(() => taskNamed("link-prediction").create({ sample: "8,3" })).toThrow(UserError);
  expect(() => taskNamed("link-prediction").create({ sample: "8,3" })).toThrow(
    /link-prediction: sample: must be .* such as 8x3, got "8,3"/,
  );
});
