import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodePicture } from "@ssl4rl/data";
import { describe, expect, it } from "vitest";
import { openBenchmark, protocolNamed } from "../benchmark.js";
import { accuracyBy, type Measured } from "../metric.js";
import { grade } from "../protocol.js";
import type { Question } from "../question.js";
import { benchmarkNamed } from "./registry.js";

const folder = fileURLToPath(new URL("../../../../../shared/data/benchmarks/", import.meta.url));

/** Grades what `answer` gives for each question; counts by every metric and by `label`. */
async function run(id: string, path: string, answer: (question: Question, index: number) => string, label = "") {
  const benchmark = benchmarkNamed(id);
  const { questions, skipped } = await openBenchmark(benchmark, join(folder, path));
  expect(skipped).toEqual([]);
  const protocol = protocolNamed(benchmark);
  const graded = await Promise.all(questions.map((each, i) => grade(each, answer(each, i), protocol)));
  return {
    graded,
    metrics: benchmark.metrics.map((metric) => metric.measure(graded)),
    by: Object.fromEntries([...accuracyBy(graded, label)].map(([value, { hits, n }]) => [value, [hits, n]])),
  };
}

const counted = ({ hits, n }: Measured) => [hits, n];
const letterOf = ({ target }: Question) => (target.kind === "letter" ? target.letter : "");

describe.skipIf(!existsSync(folder))("slices of published files (needs ../shared/data/benchmarks)", () => {
  it("MMBench's samples: B is right for 8 of 20, 2 of them of 3 on relations", async () => {
    const { metrics, by } = await run(
      "mmbench-dev-en",
      "mmbench-samples/MMBench_samples_EN.tsv",
      () => "<answer>B</answer>",
      "l2-category",
    );
    expect(metrics.map(counted)).toEqual([
      [8, 20],
      [8, 20],
      [8, 20],
    ]);
    expect(by.relation_reasoning).toEqual([2, 3]);
  });

  it("ViewSpatial-Bench: of five ways to answer, three are read as the letter they mean", async () => {
    const { graded } = await run("viewspatial", "viewspatial", (question, i) => {
      const letter = letterOf(question);
      const other = letter === "A" ? "B" : "A";
      return [letter, `(${letter}).`, `"${letter}" because of the pose`, other, `The answer is ${letter}`][i % 5];
    });
    const first = graded.slice(0, 50);
    expect(first.filter(({ accuracy }) => accuracy === 1).length).toBe(30);
    expect(first.filter(({ extraction }) => extraction.answer === "T").length).toBe(10);
    expect(graded.length).toBe(74);
  });

  it("VSR: 3 of 14 captions are true", async () => {
    const { metrics } = await run("vsr-all", "", () => "Yes.");
    expect(metrics.map(counted)).toEqual([[3, 14]]);
  });

  it("SugarCrepe: the true caption for one category of seven, the other one elsewhere", async () => {
    const { metrics, by } = await run(
      "sugarcrepe",
      "",
      (question) => {
        const right = letterOf(question);
        const wrong = right === "A" ? "B" : "A";
        return `<answer>${question.labels.category === "swap_obj" ? right : wrong}</answer>`;
      },
      "category",
    );
    expect(counted(metrics[0])).toEqual([7, 137]);
    expect(metrics[1].value).toBeCloseTo(1 / 7, 12);
    expect(by.swap_obj).toEqual([7, 7]);
    expect(by.replace_rel).toEqual([0, 22]);
  });

  it("POPE: half of 18 are yes", async () => {
    const { metrics } = await run("pope", "", () => "Yes, there is.");
    expect(counted(metrics[0])).toEqual([9, 18]);
    expect(metrics[1].value).toBeCloseTo(2 / 3, 12);
  });

  it("RefCOCO: one box of the picture as the model sees it is meant by five sentences of 14, three of 12", async () => {
    // 40, 193 to 314, 332 of 427 × 640, seen as 420 × 644.
    const answer = () => '```json\n[{"bbox_2d": [39, 194, 309, 334]}]\n```';
    expect((await run("refcoco-testb", "", answer)).metrics.map(counted)).toEqual([[5, 14]]);
    expect((await run("refcoco+-testb", "", answer)).metrics.map(counted)).toEqual([[3, 12]]);
  });

  it("pictures are read and decoded when asked for", async () => {
    for (const [id, path] of [
      ["mmbench-dev-en", "mmbench-samples/MMBench_samples_EN.tsv"],
      ["viewspatial", "viewspatial"],
      ["vsr-all", ""],
    ]) {
      const { questions } = await openBenchmark(benchmarkNamed(id), join(folder, path));
      const image = await decodePicture(await questions[0].images[0].bytes(), { minSide: 1, maxSide: 4096 });
      expect(image.width).toBeGreaterThan(100);
    }
  });
});
