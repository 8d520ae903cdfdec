import { describe, expect, it } from "vitest";
import { answeredItem, failedItem, pictureOf } from "./item-result.js";
import type { Question, Target } from "./question.js";

const question: Question = {
  id: "1000003",
  text: "What is it?",
  images: [{ name: "3", bytes: async () => new Uint8Array() }],
  target: { kind: "letter", letter: "B" },
  group: "3",
  labels: { category: "ocr" },
};
const graded = { response: "(B)", extraction: { answer: "B", how: ["option letter"] }, accuracy: 1 };
const asked = { benchmark: "mmbench-dev-en", question, prompt: "Question: What is it?", picture: "3" };

describe("the record of an item", () => {
  it("keeps what tables need, and survives JSON", () => {
    const item = answeredItem(asked, graded);
    expect(item).toEqual({
      benchmark: "mmbench-dev-en",
      id: "1000003",
      group: "3",
      picture: "3",
      labels: { category: "ocr" },
      prompt: "Question: What is it?",
      target: "B",
      response: "(B)",
      given: "B",
      how: ["option letter"],
      accuracy: 1,
    });
    expect(JSON.parse(JSON.stringify(item))).toEqual(item);
  });

  it("tells a failed call from a wrong answer", () => {
    const item = failedItem(asked, "429 after 5 tries");
    expect(item).toMatchObject({ accuracy: null, response: null, failure: "429 after 5 tries", picture: "3" });
  });

  it("names the picture: its first, the one its own are made of, or the group where there is none", async () => {
    expect(pictureOf({ ...question, group: "g" })).toBe("3");
    expect(pictureOf({ ...question, images: [] })).toBe("3");
    expect(await pictureOf({ ...question, picture: async () => "whole" })).toBe("whole");
  });

  it.each<[Target, string]>([
    [{ kind: "text", accepted: ["tench", "Tinca tinca"] }, "tench, Tinca tinca"],
    [{ kind: "value", value: "\\frac{1}{2}", type: "free", decimals: 2 }, "\\frac{1}{2}"],
    [{ kind: "answer", answer: "2,1", spec: { kind: "permutation", n: 2, from: 1, separator: "," } }, "2,1"],
    [{ kind: "box", box: [1, 2, 3, 4] }, "[1,2,3,4]"],
    [
      {
        kind: "detection",
        image: 1,
        category: 2,
        truth: {
          name: "logo",
          sizes: new Map(),
          boxes: [
            { image: 1, category: 2, box: [0, 0, 5, 5] },
            { image: 1, category: 3, box: [9, 9, 9, 9] },
          ],
        },
      },
      "[[0,0,5,5]]",
    ],
  ])("writes the target %j as %s", (target, text) => {
    expect(answeredItem({ ...asked, question: { ...question, target } }, graded).target).toBe(text);
  });
});
