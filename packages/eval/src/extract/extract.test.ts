import { describe, expect, it } from "vitest";
import { benchmarkNamed } from "../benchmarks/registry.js";
import { grade } from "../protocol.js";
import type { Question, Target } from "../question.js";
import { allBoxes, firstBox } from "./boxes.js";
import { mmstarLetter } from "./lmms-eval.js";
import { mathVistaAnswer } from "./math-vista.js";
import { firstCharacter, firstLetter, wholeText } from "./visual-jigsaw.js";

describe("Visual Jigsaw's rules", () => {
  it.each([
    ["(a)", "A", "(", "(a)"],
    ["The answer is (a)", "T", "T", "the answer is (a)"],
    ['"B."', "B", "B", "b"],
    ["<think>A</think>\nC", "C", "C", "c"],
    ["<answer>B</answer>", "A", "<", "<answer>b</answer>"],
    ["\\boxed{Yes}", "Y", "Y", "yes"],
    ["12", null, "1", "12"],
    ["", null, null, null],
  ])("%s", (response, letter, character, text) => {
    expect([firstLetter, firstCharacter, wholeText].map((rule) => rule(response).answer)).toEqual([
      letter,
      character,
      text,
    ]);
  });
});

describe("boxes", () => {
  it("the first four numbers in brackets, with decimals and signs", () => {
    expect(firstBox('{"bbox": [ 1.5, -2 , .5, 3]} [9, 9, 9, 9]')).toEqual({
      answer: "[1.5,-2,0.5,3]",
      how: ["first box"],
    });
    expect(firstBox("[1, 2, 3, 4] <answer>[5, 6, 7, 8]</answer>").answer).toBe("[5,6,7,8]");
    expect(firstBox("[1, 2, 3] and (1, 2, 3, 4)")).toEqual({ answer: null, how: ["no box"] });
  });

  it("all boxes of whole numbers after the thinking", () => {
    expect(allBoxes("[0,0,1,1]</think> [1,2,3,4], [1.5, 2, 3, 4] [ -5 , 6, 7, 8 ]").answer).toBe(
      "[[1,2,3,4],[-5,6,7,8]]",
    );
    expect(allBoxes("[1.0, 2, 3, 4]").answer).toBeNull();
  });
});

describe("MathVista", () => {
  const integer = { type: "integer", decimals: 0 } as const;
  it.each([
    ["12", integer, "12"],
    ["12.9", integer, "12"],
    ["<answer>1,200</answer>", integer, "1200"],
    ["There are 3 rows of 4, so 12.", integer, "12"],
    ["so \\boxed{-7}", integer, "-7"],
    ["none", integer, null],
    ["0.625", { type: "float", decimals: 2 }, "0.62"],
    ["about 1.449 m", { type: "float", decimals: 1 }, "1.4"],
    ["between [2007, 2008]", { type: "list", decimals: 0 }, "[2007,2008]"],
    ["2007 and 2008", { type: "list", decimals: 0 }, null],
  ] as const)("%s", (response, kind, answer) => {
    expect(mathVistaAnswer(response, undefined, kind).answer).toBe(answer);
  });

  it("reads a choice by its letter or its text", () => {
    const choices = { A: "3/11", B: "8/11" };
    expect(mathVistaAnswer("The correct answer is (B) 8/11.", choices, integer).answer).toBe("B");
    expect(mathVistaAnswer("<answer>3/11</answer>", choices, integer).answer).toBe("A");
    expect(mathVistaAnswer("5/11", choices, integer).answer).toBeNull();
  });
});

it("MMStar's rule looks behind a bracket and two phrases only", () => {
  expect(
    ["b", "(B) x", "Option C", "the answer is d", "answer: b", ""].map((response) => mmstarLetter(response).answer),
  ).toEqual(["B", "B", "C", "D", "A", null]);
});

it("every rule reads a long response of anything", async () => {
  const long = 2 ** 18;
  const parts = ["a", " ", "1", ".", ",", "*", "[", "(", "{", "A ", "A. ", "is ", "1.", "[1,", "_1", "\n", "\u0085"];
  const marks = ["\\boxed{", "<answer>", "</think>", "\\frac", "oxed{", "answer is "];
  const responses = [...parts, ...marks].map((part) => part.repeat(long / part.length));
  responses.push(`[${"1".repeat(long)}`, `a${" ".repeat(long)}b`, `(${",".repeat(long)}`, `${"1".repeat(long)}x`);
  responses.push(`\\boxed{${"x".repeat(long)}}`, `answer${" ".repeat(long)}is`, `OPTION${" ".repeat(long)}`);
  const targets: Record<string, Target> = {
    "mmbench-dev-en mmvp mmstar omnispatial vstar mme-realworld-lite cv-bench mmmu-val sugarcrepe mathvista-testmini": {
      kind: "letter",
      letter: "C",
    },
    "vsr imagenet-completion mmmu-val pope": { kind: "text", accepted: ["no such thing"] },
    "mathvision-testmini mathverse-testmini emma-mini": { kind: "value", value: "(1, 2)", type: "free", decimals: 0 },
    "mathvista-testmini": { kind: "value", value: "7.5", type: "float", decimals: 1 },
    "lisa-grounding ovd-eval": { kind: "text", accepted: [] },
  };
  for (const [ids, target] of Object.entries(targets)) {
    const choices = target.kind === "letter" ? { choices: { A: "cat", B: "dog" } } : {};
    const question: Question = { id: "", text: "", images: [], target, group: "", labels: {}, ...choices };
    for (const protocol of ids.split(" ").flatMap((id) => benchmarkNamed(id).protocols)) {
      for (const response of responses) expect((await grade(question, response, protocol)).accuracy).toBe(0);
    }
  }
});
