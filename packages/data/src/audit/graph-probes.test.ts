import type { Random } from "@ssl4rl/core";
import { printGraph } from "@ssl4rl/tasks";
import { describe, expect, it } from "vitest";
import { graphFacts } from "./graph-facts.js";
import { auditOf, leaksOf, rowsOf } from "./test-rows.js";

const words = ["N1", "N2", "N3", "N4"];

/** A question of four candidates, the right one with as many edges as `degreeOf` says. */
function question(random: Random, degreeOf: (right: boolean) => number) {
  const target = random.pick(words);
  const others = Array.from({ length: 12 }, (_, i) => `N${i + 6}`);
  const edges = words.flatMap((word) =>
    random
      .shuffle(others)
      .slice(0, degreeOf(word === target))
      .map((to) => ({ from: word, to, relation: null, directed: false })),
  );
  const nodes = random
    .shuffle([...words, "N5", ...others])
    .map((alias) => ({ alias, text: `text ${random.int(1000)}` }));
  const graph = printGraph({ about: "Things.", nodes, edges }, "list");
  const prompt = `${graph}\nWhich node stands at the ? of the hidden edge N5 - ?\nAnswer with N1, N2, N3 or N4.`;
  return {
    pictures: [],
    target,
    source: String(random.uint32()),
    words: { prompt, answer: { kind: "one-of", words } as const },
  };
}

describe("probes of graph questions", () => {
  it("find a right candidate by its edges, and by nothing where all have as many", async () => {
    const leaky = rowsOf("leaky", 300, (_, random) => question(random, (right) => (right ? 3 : 2 + random.int(2))));
    const clean = rowsOf("clean", 300, (_, random) => question(random, () => 2 + random.int(2)));
    const report = await auditOf(leaky, clean);
    expect(leaksOf(report)).toEqual(["degree"]);
    expect(report.leaks[0].task).toBe("leaky");
    expect(report.findings.map(({ probe }) => probe)).toEqual(expect.arrayContaining(["name order", "word overlap"]));
  });

  it("print what words tell, and call it no leak", async () => {
    const overlapping = rowsOf("overlap", 300, (_, random) => {
      const row = question(random, () => 2);
      const prompt = row.words.prompt
        .replace("[N5] text", "[N5] deep")
        .replace(`[${row.target}] text`, `[${row.target}] deep`);
      return { ...row, words: { ...row.words, prompt } };
    });
    const report = await auditOf(overlapping);
    expect(report.leaks).toEqual([]);
    expect(report.findings.find(({ probe }) => probe === "word overlap")!.accuracy).toBeGreaterThan(0.9);
  });
});

describe("facts of a prompt", () => {
  const graph =
    "Things.\nNodes:\n[N2] a b\n[N1] b c\n[N3] [MASKED]\n[N4]\nEdges:\nN1 - N2\nN2 - N3\nN4 - N2\nN1 - N4\n";

  it("are of both ends where the answer is yes or no", () => {
    const prompt = `${graph}Some edges are not shown. Is there the edge N1 - N3: yes or no?\nAnswer.`;
    const { pair } = graphFacts(prompt, { kind: "one-of", words: ["yes", "no"] })!;
    expect(pair).toMatchObject({ degree: 1002, alias: 2, common: 1, length: 11 });
  });

  it("compare options with the texts around a masked node", () => {
    const prompt = `${graph}Which text stands under [MASKED] at N3?\nA. a b\nB. c d\nAnswer with A or B.`;
    const { candidates } = graphFacts(prompt, { kind: "one-of", words: ["A", "B"] })!;
    expect(candidates.map(({ facts }) => [facts.length, facts.overlap])).toEqual([
      [3, 1],
      [3, 0],
    ]);
  });

  it("are none of a prompt without a graph, nor of free text", () => {
    expect(graphFacts("What is this?", { kind: "one-of", words: ["A", "B"] })).toBeNull();
    expect(graphFacts(`${graph}What is N3?`, { kind: "words", count: 1 })).toBeNull();
  });
});
