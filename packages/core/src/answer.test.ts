import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnswerKind, answerKind, gridCell, numberGrid, oneOf, orList, permutation } from "./answer.js";

const angles = oneOf(["0", "90", "180", "270"]);
const quarters = oneOf(["top-left", "top-right", "bottom-left", "bottom-right"]);
const kinds: Record<string, AnswerKind<unknown>> = {
  angles: angles as AnswerKind<unknown>,
  quarters: quarters as AnswerKind<unknown>,
  "3 x 3 grid": gridCell(3) as AnswerKind<unknown>,
  "12 x 12 grid": gridCell(12) as AnswerKind<unknown>,
  "4 in a row": permutation(4, { from: 1, separator: "," }) as AnswerKind<unknown>,
  "3 from 0": permutation(3, { from: 0, separator: "-" }) as AnswerKind<unknown>,
  "2 x 2 numbers": numberGrid(2, 2) as AnswerKind<unknown>,
  "1 x 3 numbers": numberGrid(1, 3) as AnswerKind<unknown>,
};

describe.each(Object.entries(kinds))("every answer kind: %s", (_, kind) => {
  const all = Array.from({ length: kind.size }, (_, index) => kind.at(index));

  it("parses what it prints", () => {
    for (const answer of all) expect(kind.parse(kind.print(answer))).toEqual(answer);
  });

  it("prints every answer differently", () => {
    expect(new Set(all.map(kind.print)).size).toBe(kind.size);
  });

  it("gives 1 for the truth and for no other answer", () => {
    for (const truth of all) expect(all.filter((given) => kind.compare(given, truth) === 1)).toEqual([truth]);
  });

  it("pays a blind guess one part of all", () => {
    const truth = all[all.length - 1];
    const mean = all.reduce<number>((sum, given) => sum + kind.compare(given, truth), 0) / kind.size;
    expect(mean).toBeCloseTo(1 / (kind.parts === 1 ? kind.size : kind.parts), 12);
  });

  it("is made again by its spec as plain data", () => {
    const again = answerKind(JSON.parse(JSON.stringify(kind.spec)));
    expect({ size: again.size, form: again.form, spec: again.spec }).toEqual({
      size: kind.size,
      form: kind.form,
      spec: kind.spec,
    });
    for (const answer of all) expect(again.parse(kind.print(answer))).toEqual(answer);
  });

  it("reads any text as null or as an answer of the space, and never throws", () => {
    const prints = all.map(kind.print);
    const piece = fc.oneof(fc.constantFrom(...prints, " ", ",", "/", "0", "1", "°", "or", "\n"), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        const text = pieces.join("");
        const answer = kind.parse(text);
        if (prints.includes(text.toLowerCase())) expect(answer).not.toBeNull();
        if (answer !== null) expect(prints).toContain(kind.print(answer));
      }),
    );
  });
});

describe("oneOf", () => {
  it.each([
    "",
    " ",
    " 90",
    "90 ",
    "90°",
    "90 degrees",
    "+90",
    "-90",
    "090",
    "90.0",
    "9e1",
    "0x5a",
    "9०",
    "９０",
    "٩٠",
    "90\u0000",
    "90\u200b",
    "90 or 180",
    "90,180",
    "0, 90, 180 or 270",
    "45",
    "360",
    "NaN",
    "null",
    "toString",
    "__proto__",
  ])("refuses %j as one of the angles", (text) => {
    expect(angles.parse(text)).toBeNull();
  });

  it.each(["top left", "topleft", "left-top", "top-left/top-right", "top-left.", "top", "1/1"])(
    "refuses %j as one of the quarters",
    (text) => {
      expect(quarters.parse(text)).toBeNull();
    },
  );

  it("ignores case and gives the word as listed", () => {
    expect(quarters.parse("Top-LEFT")).toBe("top-left");
    expect(oneOf(["Yes", "No"]).parse("yes")).toBe("Yes");
  });

  it("refuses to be made of words that differ only in case", () => {
    expect(() => oneOf(["yes", "no", "YES"])).toThrow("words repeat");
  });

  it("describes its form as a list", () => {
    expect(angles.form).toBe("0, 90, 180 or 270");
  });
});

describe("gridCell", () => {
  it("counts rows from the top and columns from the left, from 1, in raster order", () => {
    const kind = gridCell(3);
    expect(kind.at(0)).toEqual({ row: 1, column: 1 });
    expect(kind.at(2)).toEqual({ row: 1, column: 3 });
    expect(kind.at(3)).toEqual({ row: 2, column: 1 });
    expect(kind.print(kind.at(5))).toBe("2/3");
  });

  it.each([
    "",
    "/",
    "1",
    "1/",
    "/1",
    "0/1",
    "1/0",
    "4/1",
    "1/4",
    "3/1/1",
    "01/1",
    "+1/1",
    "-1/1",
    "1 / 1",
    " 1/1",
    "1/1\n",
    "1.0/1",
    "1,1",
    "1/1 or 2/2",
    "１/１",
    "١/١",
    "999999999999/1",
  ])("refuses %j on a 3 x 3 grid", (text) => {
    expect(gridCell(3).parse(text)).toBeNull();
  });
});

describe("permutation", () => {
  const commas = permutation(4, { from: 1, separator: "," });
  const hyphens = permutation(4, { from: 0, separator: "-" });

  it("allows spaces and tabs around commas, not around hyphens", () => {
    expect(commas.parse("2, 4 ,1\t,\t 3")).toEqual([2, 4, 1, 3]);
    expect(hyphens.parse("2-0-1-3")).toEqual([2, 0, 1, 3]);
    expect(hyphens.parse("2 - 0 - 1 - 3")).toBeNull();
  });

  it.each([
    "",
    ",",
    "2,4,1",
    "2,4,1,3,",
    ",2,4,1,3",
    "2,4,,1,3",
    "2,4,1,3,5",
    "2,4,1,1",
    "2,4,1,5",
    "2,4,1,0",
    "2,4,1,3.",
    "[2,4,1,3]",
    "02,4,1,3",
    "+2,4,1,3",
    "2.0,4,1,3",
    "2 4 1 3",
    "2-4-1-3",
    "2413",
    "2,4,\n1,3",
    "2,\u00a04,1,3",
    "2,\u200b4,1,3",
    "２,４,１,３",
    "٢,٤,١,٣",
    "2，4，1，3",
    "2,4,1,3 or 1,2,3,4",
  ])("refuses %j as four numbers with commas", (text) => {
    expect(commas.parse(text)).toBeNull();
  });

  it.each(["1-2-3-4", "0-1-2", "0-1-2-2", "-0-1-2-3", "0--1-2-3", "0,1,2,3", "0-1-2-3-", "0−1−2−3", "00-1-2-3"])(
    "refuses %j as four numbers from 0 with hyphens",
    (text) => {
      expect(hyphens.parse(text)).toBeNull();
    },
  );
});

describe("numberGrid", () => {
  const kind = numberGrid(2, 2);

  it.each(["3 1\n4 2", "3,1\n4,2", "3, 1\r\n4 ,2", "3\t1 \n  4   2"])("reads %j", (text) => {
    expect(kind.parse(text)).toEqual([3, 1, 4, 2]);
  });

  it.each([
    "",
    "3 1 4 2",
    "3\n1\n4\n2",
    "3 1\n\n4 2",
    "3 1\n4",
    "3 1 4\n2",
    "3 1\n4 4",
    "3 1\n4 5",
    "3,,1\n4 2",
    "3 1,\n4 2",
    "3;1\n4;2",
    "3 1/4 2",
    "3 1\r4 2",
    "3\u00a01\n4 2",
    "[3 1]\n[4 2]",
    "３ 1\n4 2",
  ])("refuses %j as 2 x 2 numbers", (text) => {
    expect(kind.parse(text)).toBeNull();
  });
});

describe("a sequence of 1 MB", () => {
  const much = (unit: string) => unit.repeat(1e6 / unit.length);

  it.each([" ", "\t", ",", " ,", "\n", " \n", "1,", "1 ", "9"])(
    "of %j is refused without going back over it",
    (unit) => {
      for (const text of [much(unit), `1${much(unit)}2`, `2,4,1,3${much(unit)}x`, `x${much(unit)}\n4 2`]) {
        expect(permutation(4, { from: 1, separator: "," }).parse(text)).toBeNull();
        expect(numberGrid(2, 2).parse(text)).toBeNull();
      }
    },
  );
});

describe("orList", () => {
  it("joins with commas and a last or", () => {
    expect(orList([])).toBe("");
    expect(orList(["a"])).toBe("a");
    expect(orList(["a", "b"])).toBe("a or b");
    expect(orList(["a", "b", "c"])).toBe("a, b or c");
  });
});
