import { expect, it } from "vitest";
import { protocolNamed } from "./benchmark.js";
import { benchmarkNamed } from "./benchmarks/registry.js";
import { contentOf } from "./protocol.js";
import type { Question } from "./question.js";

const image = { name: "a", bytes: async () => new Uint8Array() };
const question: Question = {
  id: "1",
  text: "Which colour?",
  hint: "Look.",
  images: [image],
  choices: { A: "red", B: "teal" },
  target: { kind: "letter", letter: "A" },
  group: "1",
  labels: {},
};

it("VLMEvalKit, SSL4RL and lmms-eval word MMBench each in its way", () => {
  const ask = (name: string) => protocolNamed(benchmarkNamed("mmbench-dev-en"), name).ask(question);
  const lead = "Hint: Look.\nQuestion: Which colour?\nOptions:\nA. red\nB. teal\n";
  expect(ask("vlmevalkit")).toBe(`${lead}Please select the correct answer from the options above. \n`);
  expect(ask("ssl4rl")).toBe(
    `${lead}Answer this multiple-choice question. Think step by step before answering. The last line of your response should be of ` +
      "the following format: <think>step-by-step reasoning</think> <answer>$LETTER</answer>, where LETTER is one of the options.",
  );
  expect(ask("lmms-eval")).toBe(
    "Look. Which colour? There are several options:\nA. red\nB. teal\n\n" +
      "Answer with the option's letter from the given choices directly.",
  );
  expect(() => ask("vlmeval")).toThrow('No protocol of mmbench-dev-en "vlmeval".');
});

it("pictures go where they are marked, or first", () => {
  const other = { ...image, name: "b" };
  expect(contentOf("<image>\nA <image>?", [image, other])).toEqual([image, "\nA ", other, "?"]);
  expect(contentOf("What?", [image, other])).toEqual([image, other, "What?"]);
  expect(() => contentOf("<image><image>", [image])).toThrow("marks 2 pictures, but there are 1");
});
