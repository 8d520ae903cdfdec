import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Choices, optionLetter } from "./option-letter.js";

type Case = [choices: number, response: string, head: string | null, paper: string | null];
const golden = JSON.parse(readFileSync(new URL("../../fixtures/vlmevalkit.json", import.meta.url), "utf8")) as {
  choices: Choices[];
  cases: Case[];
};
const animals = { A: "cat", B: "dog", C: "horse", D: "a red car" };
const read = (response: string, choices: Choices = animals) => optionLetter(response, choices, "2026-06");

describe("optionLetter", () => {
  it("takes from responses what VLMEvalKit takes", () => {
    expect(golden.cases.length).toBeGreaterThan(400);
    for (const [k, response, head, paper] of golden.cases) {
      const given = { response, choices: golden.choices[k] };
      expect({ ...given, answer: optionLetter(response, golden.choices[k], "2026-06").answer }).toEqual({
        ...given,
        answer: head,
      });
      expect({ ...given, answer: optionLetter(response, golden.choices[k], "2025-08").answer }).toEqual({
        ...given,
        answer: paper,
      });
    }
  });

  it("says by which rule it read", () => {
    expect(read("B. dog")).toEqual({ answer: "B", how: ["option letter"] });
    expect(read("It is a dog.")).toEqual({ answer: "B", how: ["option text"] });
    expect(read("Cannot determine the answer")).toEqual({ answer: "Z", how: ["refusal"] });
    expect(read("The correct answer is **C**. A closer look at the legs says so.")).toEqual({
      answer: "C",
      how: ["answer is"],
    });
    expect(read("a cat and a dog")).toEqual({ answer: null, how: ["several options"] });
    expect(read("")).toEqual({ answer: null, how: ["no option"] });
  });

  it("takes an article for the letter A, and a letter far from the end for none", () => {
    expect(read("The answer is A dog").answer).toBe("A");
    expect(read("B because of the long tail in the picture").answer).toBeNull();
  });

  it("does not see through tags", () => {
    expect(read("<answer>B</answer>").answer).toBeNull();
  });
});
