import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerKind } from "./answer.js";
import { freeText, freeWords, wordF1, wordsOf } from "./free-text.js";

describe("free words", () => {
  const kind = freeWords(3);

  it("are compared in their places, in NFKC and lower case", () => {
    const truth = ["neural", "2000", "straße"];
    expect(kind.compare(kind.parse("Neural,２０００ ,\tSTRASSE")!, truth)).toBeCloseTo(2 / 3, 12);
    expect(kind.compare(kind.parse(kind.print(truth))!, truth)).toBe(1);
    expect(kind.compare(kind.parse("2000, neural, straße")!, truth)).toBeCloseTo(1 / 3, 12);
  });

  it.each([
    "",
    "one, two",
    "one, two, three, four",
    "one, two three, four",
    "one, two, three.",
    "one,, two",
    `a, b, ${"c".repeat(1e6)}`,
  ])("are not %j", (text) => expect(kind.parse(text)).toBeNull());

  it("never make the parser throw, and are read again as they are printed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const read = kind.parse(text);
        return read === null || JSON.stringify(kind.parse(kind.print(read))) === JSON.stringify(read);
      }),
    );
  });
});

describe("free text", () => {
  const kind = freeText(["of", "and", "the", "learning"], 0.25);
  const truth = wordsOf("The Theory of Learning Graph Representations");

  it("earns the F1 of content words above the best trivial answer's", () => {
    const score = (text: string) => kind.compare(kind.parse(text)!, truth);
    expect(score("graph representations: theory")).toBe(1);
    expect(score("Theory of graphs and representations")).toBeCloseTo((4 / 6 - 0.25) / 0.75, 12);
    expect(score("the of and the learning")).toBe(0);
    expect(score("learning of the")).toBe(0);
  });

  it("earns nothing with more than twice the words of the truth", () => {
    expect(kind.compare(kind.parse(`theory graph representations ${"the ".repeat(9)}`)!, truth)).toBe(1);
    expect(kind.compare(kind.parse(`theory graph representations ${"the ".repeat(10)}`)!, truth)).toBe(0);
  });

  it("is none without a word", () => {
    for (const text of ["", " . ", "…", "\u200b"]) expect(kind.parse(text)).toBeNull();
  });

  it("never makes the parser throw, and is read again as it is printed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const read = kind.parse(text);
        return read === null || JSON.stringify(kind.parse(kind.print(read))) === JSON.stringify(read);
      }),
    );
  });

  it("is made again by its spec, and so are words", () => {
    for (const one of [kind, freeWords(2)]) expect(answerKind(one.spec).spec).toEqual(one.spec);
  });
});

describe("the F1 of words", () => {
  it("counts a word as often as both have it", () => {
    expect(wordF1(["a", "a", "b"], ["a", "c"])).toBeCloseTo(2 / 5, 12);
    expect(wordF1(["a"], ["b"])).toBe(0);
    expect(wordF1([], [])).toBe(0);
  });

  it("is 1 for the same words in any order, and symmetric", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1 }),
        fc.array(fc.constantFrom("a", "b", "d")),
        (a, b) => {
          expect(wordF1(a, [...a].reverse())).toBe(1);
          expect(wordF1(a, b)).toBe(wordF1(b, a));
        },
      ),
    );
  });
});
