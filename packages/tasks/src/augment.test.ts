import { Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { applySteps, cropScale, drawSteps, inWords, pipelineOf } from "./augment.js";
import { texture } from "./test-picture.js";

const odds = (strength: "weak" | "strong", probabilities: "code" | "paper") =>
  Object.fromEntries(pipelineOf(strength, probabilities).map(({ name, p }) => [name, p]));

describe("the pipeline", () => {
  it("has the published code's steps in their order, with their probabilities", () => {
    expect(Object.entries(odds("weak", "code"))).toEqual([
      ["jitter", 0.8],
      ["grey", 0.2],
      ["blur", 0.5],
      ["flip", 0.5],
    ]);
    expect(Object.entries(odds("strong", "code"))).toEqual(
      ["jitter", "grey", "blur", "solarise", "equalise", "flip"].map((name) => [name, 0.8]),
    );
  });

  it("has 0.2 or 0.8 for every step that the paper names, where that differs from the code", () => {
    expect(odds("weak", "paper")).toEqual({ jitter: 0.2, grey: 0.2, blur: 0.2, flip: 0.2 });
    expect(odds("strong", "paper")).toEqual({ jitter: 0.8, grey: 0.8, blur: 0.8, flip: 0.8 });
  });

  it("follows crops of 8% to 100%, or to 30%, of the area", () => {
    expect(cropScale).toEqual({ weak: [0.08, 1], strong: [0.08, 0.3] });
  });

  it("says all that may happen and nothing else (row 16)", () => {
    expect(inWords(pipelineOf("weak", "code"))).toBe("recoloured, made grey, blurred or mirrored left to right");
    expect(inWords(pipelineOf("strong", "paper"))).not.toMatch(/solarised|equalised/);
    expect(inWords(pipelineOf("strong", "code"))).toMatch(/recoloured.*grey.*blurred.*solarised.*equalised.*mirrored/);
  });
});

describe("steps", () => {
  const random = Random.from("steps");
  const drawn = Array.from({ length: 4000 }, () => drawSteps(pipelineOf("weak", "code"), random));
  const of = (name: string) => drawn.flatMap((steps) => steps.filter(([step]) => step === name));

  it("happen as often as the table says", () => {
    for (const { name, p } of pipelineOf("weak", "code")) expect(of(name).length / 4000).toBeCloseTo(p, 1);
  });

  it("draw from the ranges of the specification", () => {
    const ranges = [
      [0.2, 1.8],
      [0.2, 1.8],
      [0.2, 1.8],
      [-0.2, 0.2],
    ];
    for (const [i, [low, high]] of ranges.entries()) {
      const values = of("jitter").map((step) => Number(step[i + 1]));
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.min(...values)).toBeLessThan(low + 0.01);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      expect(Math.max(...values)).toBeGreaterThan(high - 0.01);
    }
    expect(new Set(of("jitter").map((step) => step.slice(5).join())).size).toBe(24);
    const sigmas = of("blur").map(([, sigma]) => sigma);
    expect([Math.min(...sigmas), Math.max(...sigmas)].map((sigma) => Math.round(sigma * 10) / 10)).toEqual([0.1, 2]);
  });

  it("can be done again from what was drawn", () => {
    const picture = texture(3, 40, 40);
    const steps = drawSteps(pipelineOf("strong", "code"), Random.from("again"));
    expect(applySteps(picture, JSON.parse(JSON.stringify(steps))).data).toEqual(applySteps(picture, steps).data);
  });

  it("change the picture in their order: grey comes after colour, so a grey view has no colour", () => {
    const { data } = applySteps(texture(4, 20, 20), [["jitter", 1.2, 1.1, 1.5, 0.1, 0, 1, 2, 3], ["grey"]]);
    for (let i = 0; i < data.length; i += 3) expect([data[i + 1], data[i + 2]]).toEqual([data[i], data[i]]);
  });
});
