import { describe, expect, it } from "vitest";
import { finalText, lastBoxed, visualJigsawText } from "./final-text.js";

describe("finalText", () => {
  it("prefers the answer tag, then the box, after the thinking", () => {
    expect(finalText("<think>\\boxed{A}</think> <answer> B </answer>")).toEqual({
      text: "B",
      how: ["after thinking", "answer tag"],
    });
    expect(finalText("<think>x</think> so \\boxed{C}")).toEqual({ text: "C", how: ["after thinking", "boxed"] });
    expect(finalText("D.")).toEqual({ text: "D.", how: [] });
  });

  it("takes the first answer tag and the last box", () => {
    expect(finalText("<answer>A</answer><answer>B</answer>").text).toBe("A");
    expect(finalText("\\boxed{1} then \\boxed{\\frac{1}{2}}").text).toBe("\\frac{1}{2}");
  });

  it("leaves a tag or a box that never closes as it is", () => {
    expect(finalText("<answer>B").text).toBe("<answer>B");
    expect(lastBoxed("\\boxed{1} and \\boxed{2")).toBeNull();
    expect(finalText("<answer>A</answer> </think> B").text).toBe(" B");
  });

  it("reads a megabyte of open tags at once", () => {
    expect(finalText("<answer>\\boxed{".repeat(70_000)).how).toEqual([]);
  });
});

describe("visualJigsawText", () => {
  it("takes quotes and stops off before it looks for the thinking", () => {
    expect(visualJigsawText(' "Yes." ')).toEqual({ text: "Yes", how: [] });
    expect(visualJigsawText("<think>no</think>\n'yes'.")).toEqual({ text: "'yes", how: ["after thinking"] });
    expect(visualJigsawText("<think>no</think> \\boxed{(b)}")).toEqual({
      text: "(b)",
      how: ["after thinking", "boxed"],
    });
  });
});
