import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnswerKind, answerKind } from "./answer.js";
import { anySubset, selection, subset } from "./subset.js";

const names = Array.from({ length: 8 }, (_, i) => `N${i + 1}`);
const kinds = [
  subset(names, 1),
  subset(names, 2),
  subset(names, 3),
  subset(names.slice(0, 2), 1),
  anySubset(names, 3),
  anySubset(names.slice(0, 4), 2),
  anySubset(names, 7),
  selection(names, 2),
  selection(["A", "B"], 1),
  selection(names.slice(0, 6), 3),
] as const;
const each = kinds.map((kind) => [JSON.stringify(kind.spec).replace(/"words":\[.*?\]/, ""), kind] as const);

const all = (kind: AnswerKind<readonly string[]>) => Array.from({ length: kind.size }, (_, i) => kind.at(i));

describe.each(each)("%s", (_, kind) => {
  it("counts its answers, each once, and reads what it prints", () => {
    const prints = all(kind).map((answer) => kind.print(answer));
    expect(new Set(prints).size).toBe(kind.size);
    for (const print of prints) expect(kind.print(kind.parse(print)!)).toBe(print);
  });

  it("is made again by its spec", () => {
    expect(answerKind(kind.spec).form).toBe(kind.form);
  });

  it("pays the truth 1 and nothing else as much", () => {
    for (const truth of all(kind)) {
      for (const given of all(kind)) {
        const share = kind.compare(given, truth);
        expect(share === 1).toBe(kind.print(given) === kind.print(truth));
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
    }
  });

  it("never throws on any text, and knows nothing with a word twice, a strange word or no word", () => {
    // Chance may hit on a word as short as "a".
    const ofWords = (text: string) => text.split(",").every((word) => /^\s*(n\d|[ab])\s*$/i.test(word));
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => kind.parse(text) === null || ofWords(text)));
    const [print] = all(kind).map((answer) => kind.print(answer));
    for (const text of [
      "",
      ",",
      `${print},`,
      `${print}, ${print}`,
      `${print}, X`,
      `${print}.`,
      "N9",
      " ".repeat(1e6),
    ]) {
      expect(kind.parse(text), text.slice(0, 20)).toBeNull();
    }
  });
});

describe("exactly k of c", () => {
  it("may be given in any order, in any case, with blanks around commas", () => {
    const kind = subset(names, 3);
    for (const text of ["N7,N2,N5", "n2 ,\tN5 , N7", "N5, N7, n2"])
      expect(kind.parse(text)).toEqual(["N2", "N5", "N7"]);
    expect(kind.parse("N2, N5")).toBeNull();
    expect(kind.parse(names.join(", "))).toBeNull();
  });

  it("earns hits above those of a blind guess: 0 for a quarter of 2 of 8, a third for 1 of 2", () => {
    const kind = subset(names, 2);
    expect(kind.compare(["N1", "N3"], ["N1", "N2"])).toBeCloseTo((0.5 - 0.25) / 0.75, 12);
    expect(subset(names.slice(0, 2), 1).compare(["N1"], ["N2"])).toBe(0);
  });

  it("pays every constant answer the same on average, which luck alone makes more than nothing", () => {
    const kind = subset(names, 3);
    const means = all(kind).map((given) => {
      return all(kind).reduce((sum, truth) => sum + kind.compare(given, truth), 0) / kind.size;
    });
    expect(Math.max(...means) - Math.min(...means)).toBeLessThan(1e-12);
    // Hypergeometric: 15 of 56 sets share 2 with the guess, 1 all of it.
    expect(means[0]).toBeCloseTo((15 * ((2 / 3 - 3 / 8) / (5 / 8)) + 1) / 56, 12);
  });
});

describe("any number of c", () => {
  it("pays nothing for naming all, and no constant answer more than a fifth", () => {
    for (const most of [1, 2, 3]) {
      const kind = anySubset(names, most);
      const mean = (given: readonly string[]) =>
        all(kind).reduce((sum, truth) => sum + kind.compare(given, truth), 0) / kind.size;
      expect(mean(kind.parse(names.join(","))!)).toBe(0);
      for (let count = 1; count < names.length; count++) expect(mean(names.slice(0, count))).toBeLessThan(0.2);
    }
  });
});

describe("a sequence of some of c", () => {
  it("is compared place by place, and a blind guess has one place in c right", () => {
    const kind = selection(names.slice(0, 6), 3);
    expect(kind.compare(["N1", "N2", "N3"], ["N1", "N3", "N2"])).toBeCloseTo(1 / 3, 12);
    const guess = ["N4", "N1", "N6"];
    const mean = all(kind).reduce((sum, truth) => sum + kind.compare(guess, truth), 0) / kind.size;
    expect(mean).toBeCloseTo(1 / 6, 12);
  });
});
