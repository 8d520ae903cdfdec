import { describe, expect, it } from "vitest";
import { oneOf } from "./answer.js";
import { type GraphNode, graphNodes } from "./graph-node.js";
import { Image } from "./image.js";
import { makeGraph } from "./make-graph.js";
import { balancedAnswers, type Problem, pose } from "./problem.js";
import { answerOnly, type Protocol, protocols, thinkAnswer } from "./protocol.js";
import { isSkip, type Picture } from "./source.js";
import type { Task } from "./task.js";

/** The smallest task there is: a picture of 2 x 2 pixels shown turned, with one pixel drawn at random. */
function turns(options: Task["options"] = { speckle: 7 }): Task<string, Picture> {
  return {
    id: "turns@1",
    options,
    answers: oneOf(["0", "1", "2", "3"]),
    prompt: "How many quarter turns?",
    needs: null,
    others: 0,
    corrupt({ image }, answer, random) {
      if (image.width < 2) return { skip: "a single pixel" };
      const data = Uint8Array.from(image.quarterTurns(Number(answer)).data);
      data[random.int(data.length)] = random.int(256);
      return { images: [image, new Image(image.width, image.height, data)] };
    },
  };
}

const picture: Picture = {
  id: "0f",
  name: "holiday/beach.jpg",
  image: new Image(
    8,
    8,
    Uint8Array.from({ length: 192 }, (_, i) => i),
  ),
};

function posed(from = picture, task = turns(), protocol: Protocol = answerOnly, answer = 0, variant = 0): Problem {
  const problem = pose(from, task, protocol, answer, variant);
  if (isSkip(problem)) throw new Error(problem.skip);
  return problem;
}

describe("pose", () => {
  it("is the same for the same names, whatever came before", () => {
    const { verify: _, ...first } = posed(picture, turns(), thinkAnswer, 2, 5);
    posed(picture, turns(), thinkAnswer, 1, 3);
    const { verify: __, ...again } = posed({ ...picture }, turns(), thinkAnswer, 2, 5);
    expect(JSON.stringify(again)).toBe(JSON.stringify(first));
  });

  it("names in its key all that makes it another problem", () => {
    const problems = [
      posed(),
      posed({ ...picture, id: "10" }),
      posed(picture, { ...turns(), id: "turns@2" }),
      posed(picture, turns({ speckle: 8 })),
      posed(picture, turns(), thinkAnswer),
      posed(picture, turns(), answerOnly, 1),
      posed(picture, turns(), answerOnly, 0, 1),
    ];
    expect(new Set(problems.map(({ key }) => key)).size).toBe(problems.length);
  });

  it("does not depend on a picture's file name", () => {
    const renamed = posed({ ...picture, name: "copy.jpg" });
    expect(renamed.key).toBe(posed().key);
    expect(renamed.images).toEqual(posed().images);
  });

  it("shows the same pictures under every protocol", () => {
    const [first, ...others] = protocols.map((protocol) => posed(picture, turns(), protocol, 3, 1));
    for (const other of others) expect(other.images).toEqual(first.images);
  });

  it("draws anew for another variant", () => {
    const speckles = Array.from({ length: 8 }, (_, variant) =>
      posed(picture, turns(), answerOnly, 0, variant).images[1].data.join(),
    );
    expect(new Set(speckles).size).toBe(8);
  });

  it("asks the task's question in the protocol's form and gives the answer it was told", () => {
    const problem = posed(picture, turns(), thinkAnswer, 3);
    expect(problem.prompt).toBe(`How many quarter turns?\n${thinkAnswer.instruction}`);
    expect(problem.target).toBe("3");
    expect(problem.picture).toBe("holiday/beach.jpg");
    expect(problem.task.id).toBe("turns@1");
  });

  it("hands on the reason why a picture is left out", () => {
    const dot = { ...picture, image: picture.image.crop(0, 0, 1, 1) };
    expect(pose(dot, turns(), answerOnly, 0, 0)).toEqual({ skip: "a single pixel" });
  });
});

describe("verify", () => {
  it.each(protocols)("pays the solution in full under $name", (protocol) => {
    const problem = posed(picture, turns(), protocol, 2);
    expect(problem.verify(problem.solution)).toEqual({ accuracy: 1, partial: 1, format: true, given: "2" });
  });

  it("tells a wrong answer from a format error", () => {
    const problem = posed(picture, turns(), answerOnly, 2);
    expect(problem.verify("<answer>1</answer>")).toEqual({ accuracy: 0, partial: 0, format: true, given: "1" });
    const broken = { accuracy: 0, partial: 0, format: false, given: null };
    expect(problem.verify("2")).toEqual(broken);
    expect(problem.verify("<answer>4</answer>")).toEqual(broken);
    expect(problem.verify("<answer>2.</answer>")).toEqual(broken);
    expect(problem.verify("<answer>0, 1, 2 or 3</answer>")).toEqual(broken);
    expect(problem.verify("")).toEqual(broken);
  });

  it("prints the given answer as the task does", () => {
    const task = { ...turns(), answers: oneOf(["Yes", "No"]), corrupt: () => ({ images: [] }) } as Task<string>;
    expect(posed(picture, task).verify("<answer>yes</answer>")).toEqual({
      accuracy: 1,
      partial: 1,
      format: true,
      given: "Yes",
    });
  });
});

describe("balancedAnswers", () => {
  it.each([1, 2, 4, 9, 24, 1024])("holds each of %i answers once in every block", (size) => {
    const answer = balancedAnswers(size, "train", 7);
    for (let block = 0; block < 4; block++) {
      const drawn = Array.from({ length: size }, (_, i) => answer(block * size + i));
      expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    }
  });

  it.each([4, 2000])("gives the same at any index in any order, with %i answers", (size) => {
    const indices = Array.from({ length: 60 }, (_, i) => i);
    const forward = balancedAnswers(size, "a");
    const sequence = indices.map(forward);
    const backward = balancedAnswers(size, "a");
    expect(indices.toReversed().map(backward).toReversed()).toEqual(sequence);
    expect(indices.map((index) => balancedAnswers(size, "a")(index))).toEqual(sequence);
  });

  it("orders every block anew, and anew for other names", () => {
    const orders = (...names: (string | number)[]) => {
      const answer = balancedAnswers(8, ...names);
      return Array.from({ length: 5 }, (_, block) => Array.from({ length: 8 }, (_, i) => answer(block * 8 + i)).join());
    };
    expect(new Set([...orders("a"), ...orders("b"), ...orders("a", 1)]).size).toBe(15);
  });

  it("puts every answer at every place of a block equally often", () => {
    const answer = balancedAnswers(4, "places");
    const blocks = 4000;
    const counts = Array.from({ length: 16 }, () => 0);
    for (let i = 0; i < blocks * 4; i++) counts[(i % 4) * 4 + answer(i)]++;
    for (const count of counts) expect(Math.abs(count - blocks / 4)).toBeLessThan(5 * Math.sqrt((blocks * 3) / 16));
  });

  it("draws uniformly from a space too large to balance", () => {
    const answer = balancedAnswers(1025, "large");
    const drawn = Array.from({ length: 4000 }, (_, i) => answer(i));
    expect(drawn.every((index) => Number.isInteger(index) && index >= 0 && index < 1025)).toBe(true);
    const mean = drawn.reduce((sum, index) => sum + index, 0) / drawn.length;
    expect(Math.abs(mean - 512)).toBeLessThan((4 * 1025) / Math.sqrt(12 * drawn.length));
  });
});

describe("a task whose answers follow from the item", () => {
  const named: Task<string, Picture> = {
    ...turns(),
    answers: oneOf(["x", "y"]),
    corrupt: ({ name }) => ({ images: [], own: { answer: name, answers: oneOf([name, "elsewhere"]) } }),
  };

  it("is judged by the item's own answer and kind, whatever index was asked for", () => {
    for (const index of [0, 1]) {
      const problem = pose(picture, named, answerOnly, index, 0);
      if (isSkip(problem)) throw new Error(problem.skip);
      expect(problem.target).toBe(picture.name);
      expect(problem.answers.spec).toEqual({ kind: "one-of", words: [picture.name, "elsewhere"] });
      expect(problem.verify(problem.solution).accuracy).toBe(1);
      expect(problem.verify(answerOnly.wrap("x")).format).toBe(false);
    }
  });
});

describe("a node of a graph", () => {
  const graph = makeGraph({
    name: "pair",
    nodes: [{ title: "A" }, { title: "B", split: "test" }, { title: "C", split: "train" }],
    edges: [{ head: 0, tail: 1 }],
  });

  it("is posed on as a picture is, by a task that needs a graph", async () => {
    const degree: Task<string, GraphNode> = {
      ...(turns() as object as Task<string, GraphNode>),
      needs: "graph",
      corrupt: ({ graph, node }) => ({ images: [], prompt: `How many edges has ${graph.title(node)}?` }),
    };
    const node = await graphNodes(graph).get(0);
    if (isSkip(node)) throw new Error(node.skip);
    const problem = pose(node, degree, answerOnly, 1, 0);
    if (isSkip(problem)) throw new Error(problem.skip);
    expect(problem.prompt).toContain("How many edges has A?");
    expect(pose(picture as never, degree, answerOnly, 1, 0)).toEqual({ skip: "has no graph" });
  });

  it("is left out of the source where a published split keeps it for tests, unless asked for", async () => {
    const kept = graphNodes(graph);
    expect(
      await Promise.all([0, 1].map(async (i) => (await kept.get(i)) as GraphNode).map(async (n) => (await n).node)),
    ).toEqual([0, 2]);
    expect(graphNodes(graph, { transductive: true }).length).toBe(3);
  });
});
