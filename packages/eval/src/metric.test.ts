import { describe, expect, it } from "vitest";
import { benchmarkNamed } from "./benchmarks/registry.js";
import { accuracy, accuracyBy, allRight, chanceOf, type Scored } from "./metric.js";
import type { Question } from "./question.js";

function scored(accuracy: 0 | 1, question: Partial<Question>): Scored {
  const blank = {
    id: "",
    text: "",
    images: [],
    group: "",
    labels: {},
    target: { kind: "letter", letter: "A" } as const,
  };
  return { accuracy, question: { ...blank, ...question } };
}

/** `hits` right ones of `n`, of one category. */
const part = (category: string, hits: number, n: number) =>
  Array.from({ length: n }, (_, i) => scored(i < hits ? 1 : 0, { id: `${category} ${i}`, labels: { category } }));

const metricOf = (id: string, name: string) => benchmarkNamed(id).metrics.find((metric) => metric.name === name)!;

describe("MMBench", () => {
  // SSL4RL's Table 6, Qwen2.5-VL-3B: hits and rows of the twenty categories.
  const hits = [152, 132, 253, 199, 203, 215, 67, 80, 371, 70, 182, 89, 116, 115, 45, 66, 354, 175, 147, 129];
  const rows = [176, 219, 304, 315, 282, 264, 130, 177, 407, 150, 215, 141, 140, 179, 94, 172, 396, 212, 156, 200];

  it("counts rows as SSL4RL's tables do", () => {
    const all = hits.flatMap((right, i) => part(`${i}`, right, rows[i]));
    const { value, n } = metricOf("mmbench-dev-en", "rows").measure(all);
    expect(n).toBe(4329);
    expect(100 * value).toBeCloseTo(72.9961, 4);
    expect(accuracyBy(all, "category").get("0")).toMatchObject({ value: 152 / 176, n: 176, hits: 152 });
  });

  it("counts questions of which every turn is right", () => {
    const turn = (group: number, k: number, accuracy: 0 | 1) =>
      scored(accuracy, { id: `${group + k * 1_000_000}`, group: `${group}` });
    const all = [turn(1, 0, 1), turn(1, 1, 1), turn(2, 0, 1), turn(2, 1, 0), turn(3, 0, 0), turn(3, 1, 1)];
    const measure = (name: string) => metricOf("mmbench-dev-en", name).measure(all);
    expect(measure("CircularEval")).toMatchObject({ value: 1 / 3, n: 3, hits: 1 });
    expect(measure("vanilla")).toMatchObject({ value: 2 / 3, n: 3, hits: 2 });
    expect(measure("rows")).toMatchObject({ value: 4 / 6, n: 6, hits: 4 });
  });

  it("has the public CircularEval report's 869 of 1164", () => {
    const right = [44, 45, 66, 49, 47, 67, 16, 12, 101, 29, 51, 26, 32, 25, 15, 37, 88, 47, 28, 44];
    const of = [45, 75, 79, 81, 78, 74, 40, 45, 104, 53, 54, 44, 36, 48, 24, 43, 99, 53, 39, 50];
    const all = right.flatMap((n, i) =>
      part(`${i}`, n, of[i]).map(({ question, accuracy }) => ({
        accuracy,
        question: { ...question, group: question.id },
      })),
    );
    const { value, hits: sum } = metricOf("mmbench-dev-en", "CircularEval").measure(all);
    expect(sum).toBe(869);
    expect(100 * value).toBe(74.65635738831615);
  });
});

it("MMStar's fine column weighs its three parts alike", () => {
  const all = [
    ["recognition", 59, 118],
    ["object counting", 23, 92],
    ["localization", 30, 40],
  ].flatMap(([l2, hits, n]) =>
    part("fine-grained perception", Number(hits), Number(n)).map(({ question, accuracy }) => ({
      accuracy,
      question: { ...question, group: `${l2} ${question.id}`, labels: { ...question.labels, "l2-category": `${l2}` } },
    })),
  );
  const others = part("math", 0, 250);
  const measured = metricOf("mmstar", "fine-grained perception").measure([...all, ...others]);
  expect(measured).toMatchObject({ value: 0.5, n: 3 });
  // Wilson: 59 of 118 is 0.4112 to 0.5888, 23 of 92 0.1728 to 0.3473, 30 of 40 0.5981 to 0.8581 (statsmodels 0.15.0).
  expect(measured.low).toBeCloseTo(0.5 - Math.hypot(0.0888, 0.0772, 0.1519) / 3, 4);
  expect(measured.high).toBeCloseTo(0.5 + Math.hypot(0.0888, 0.0973, 0.1081) / 3, 4);
});

it("CV-Bench weighs two and three dimensions alike", () => {
  const of = (source: string, hits: number, n: number) =>
    part("", hits, n).map(({ question, accuracy }) => ({ accuracy, question: { ...question, labels: { source } } }));
  const all = [...of("ADE20K", 1, 2), ...of("COCO", 4, 4), ...of("Omni3D", 1, 4)];
  expect(metricOf("cv-bench", "CV-Bench").measure(all).value).toBe(0.5);
  expect(metricOf("cv-bench", "CV-Bench").measure(of("COCO", 1, 2)).value).toBeNaN();
});

it("Winoground's scores count the two captions, the two pictures, and all four", () => {
  const four = (group: string, text: [0 | 1, 0 | 1], image: [0 | 1, 0 | 1]) => [
    ...text.map((accuracy) =>
      scored(accuracy, { group, labels: { question_type: "text" }, choices: { A: "", B: "" } }),
    ),
    ...image.map((accuracy) =>
      scored(accuracy, { group, labels: { question_type: "image" }, choices: { A: "", B: "" } }),
    ),
  ];
  const all = [
    ...four("1", [1, 1], [1, 1]),
    ...four("2", [1, 1], [0, 1]),
    ...four("3", [0, 1], [1, 1]),
    ...four("4", [0, 1], [0, 0]),
  ];
  const [group, text, image] = benchmarkNamed("winoground").metrics;
  expect([group, text, image].map((metric) => metric.measure(all).value)).toEqual([0.25, 0.5, 0.5]);
  expect(
    chanceOf(
      group,
      all.map(({ question }) => question),
    ),
  ).toBe(1 / 16);
});

it("chance of pairs and of unlike numbers of choices follows from the questions", () => {
  const two = { choices: { A: "", B: "" } };
  const four = { choices: { A: "", B: "", C: "", D: "" } };
  const questions = [two, four, two, two].map((choices, i) => scored(0, { ...choices, group: `${i >> 1}` }).question);
  expect(chanceOf(accuracy(), questions)).toBe((0.5 + 0.25 + 0.5 + 0.5) / 4);
  expect(chanceOf(allRight("pairs"), questions)).toBe((0.125 + 0.25) / 2);
});
