import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cvBenchLetter, mmbenchLetter, mmeRealWorldLetter, mmstarLetter, vstarLetter } from "./lmms-eval.js";
import { emmaAnswer } from "./math-answer.js";
import { mmmuLetter, mmmuOpen, mmmuOpenRight } from "./mmmu.js";
import type { Choices } from "./option-letter.js";

type Read = string | null;
const golden = JSON.parse(readFileSync(new URL("../../fixtures/lmms-eval.json", import.meta.url), "utf8")) as {
  choices: Choices[];
  cases: [choices: number, response: string, ...read: Read[]][];
  open: [response: string, truth: string, right: boolean][];
};

describe("the rules of lmms-eval", () => {
  it("take from responses what lmms-eval takes", () => {
    expect(golden.cases.length).toBeGreaterThan(200);
    for (const [k, response, mmbench, mmstar, vstar, mme, cvBench, mmmu, emma] of golden.cases) {
      const choices = golden.choices[k];
      const star = mmstarLetter(response).answer;
      expect({
        response,
        mmbench: mmbenchLetter(response, choices).answer,
        mmstar: star !== null && "ABCD".includes(star) ? star : null,
        vstar: vstarLetter(response).answer,
        mme: mmeRealWorldLetter(response).answer,
        cvBench: cvBenchLetter(response).answer,
        mmmu: mmmuLetter(response, choices).answer,
        emma: emmaAnswer(response).answer,
      }).toEqual({ response, mmbench, mmstar, vstar, mme, cvBench, mmmu, emma });
    }
  });

  it("judge open answers of MMMU as lmms-eval does", () => {
    for (const [response, truth, right] of golden.open) {
      const given = { response, truth };
      expect({ ...given, right: mmmuOpenRight(mmmuOpen(response).answer!, [truth]) }).toEqual({ ...given, right });
    }
  });

  it("read nothing at all as A for MME-RealWorld, and say so", () => {
    expect(mmeRealWorldLetter(" ")).toEqual({ answer: "A", how: ["empty, A upstream"] });
  });
});
