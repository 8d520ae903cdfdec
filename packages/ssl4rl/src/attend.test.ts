import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, Image } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import { afterAll, expect, test } from "vitest";
import { numberList } from "./flags.js";
import { startCommand } from "./test-command.js";

const folder = mkdtempSync(join(tmpdir(), "ssl4rl-attend-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ramp = (width: number, height: number) =>
  new Image(
    width,
    height,
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i / 3) % 256),
  );
writeFileSync(join(folder, "a.png"), encodePng(ramp(160, 120)));
writeFileSync(join(folder, "b.png"), encodePng(ramp(90, 200)));

const attend = (...args: string[]) => startCommand(folder, ["attend", ...args]).outcome;
const question = ["--image", "a.png", "b.png", "--prompt", "How was the second picture turned?"];

test("each picture comes back with a heat map on it, and each token's map as numbers", async () => {
  const { code, err } = await attend(
    ...question,
    "--response",
    "<answer>90</answer>",
    "--tokens",
    "0,2-3",
    "--out",
    "o",
  );
  expect(err).toMatch(/Response: <answer>90<\/answer>\no.image-1\.png: [\d.]+% of the attention/);
  expect(code).toBe(0);
  const [first, second] = await Promise.all(
    [1, 2].map((i) => decodePicture(readFileSync(join(folder, `o/image-${i}.png`)), { minSide: 1, maxSide: 999 })),
  );
  expect([first.width, first.height, second.width, second.height]).toEqual([160, 120, 90, 200]);
  expect(first.data).not.toEqual(ramp(160, 120).data);
  const found = JSON.parse(readFileSync(join(folder, "o/attention.json"), "utf8"));
  expect(found.tokens.map(({ text }: { text: string }) => text)).toEqual(["<answer>", "0", "</answer>"]);
  for (const { maps } of found.tokens) {
    expect(maps.map((map: number[]) => map.length)).toEqual(
      found.images.map(({ rows, columns }: { rows: number; columns: number }) => rows * columns),
    );
  }
});

test("a word of the prompt looks, and without a response the checkpoint gives its own", async () => {
  const { code } = await attend(
    ...question,
    "--word",
    "second picture",
    "--layers",
    "2-3",
    "--heads",
    "0",
    "--out",
    "w",
  );
  expect(code).toBe(0);
  const found = JSON.parse(readFileSync(join(folder, "w/attention.json"), "utf8"));
  const said = found.tokens.map(({ text }: { text: string }) => text).join("");
  expect(said.trim()).toBe("second picture");
  expect(found.response).not.toBe("");
  expect(found.layers).toEqual([2, 3]);
});

test("what cannot be shown is refused with the remedy", async () => {
  const cases: [string[], RegExp, number][] = [
    [[...question, "--response", "<answer>90</answer>", "--tokens", "7"], /the response has tokens 0 to 3, got 7/, 2],
    [[...question, "--word", "elephant"], /"elephant" is not in the prompt/, 2],
    [["--image", "c.png", "--prompt", "?"], /c\.png: .*no such file/, 1],
  ];
  for (const [args, message, exit] of cases) {
    const { code, err } = await attend(...args);
    expect(err).toMatch(message);
    expect(code).toBe(exit);
  }
});

test("a list of numbers has ranges, and nothing else", () => {
  expect(numberList("0,3-5,2")).toEqual([0, 3, 4, 5, 2]);
  for (const text of ["", "3-", "5-3", "a", "1,,2", "-1"]) {
    expect(() => numberList(text), text).toThrow("whole numbers and ranges of them, as 0,3-5");
  }
});

test("two checkpoints are shown on the same question, from the first token and from a word, on one scale", async () => {
  const { code, err } = await attend(...question, "--against", "tiny-vl", "--word", "picture", "--out", "both");
  expect(code, err).toBe(0);
  const [{ models }] = JSON.parse(readFileSync(join(folder, "both/attention.json"), "utf8"));
  expect(models.map(({ model }: { model: string }) => model)).toEqual(["tiny-vl", "tiny-vl"]);
  expect(models[0].readings).toEqual(models[1].readings);
  expect(models[0].readings.map(({ name }: { name: string }) => name)).toEqual(["first token", '"picture"']);
  const [first] = models[0].readings;
  expect(first.maps.map(({ rows, columns, values }: Map) => [rows * columns, Math.min(...values) >= 0])).toEqual(
    first.maps.map(({ values }: Map) => [values.length, true]),
  );
  const page = readFileSync(join(folder, "both/comparison.html"), "utf8");
  // Two readings of two pictures, each plain and as either model sees it.
  expect(page.match(/<img /g)!.length).toBe(12);
});

interface Map {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

test("two checkpoints are compared on items of a benchmark", async () => {
  const bench = ["--bench", "ssl-r1-bench", "--protocol", "answer-only", "--size", "112"];
  const both = ["--against", "tiny-vl", "--out", "items"];
  const { code, err } = await attend(...bench, ...both, "--item", "rotation-90/3");
  expect(code, err).toBe(0);
  const [item] = JSON.parse(readFileSync(join(folder, "items/attention.json"), "utf8"));
  expect(item.name).toBe("rotation-90/3");
  expect(item.models[0].response).toMatch(/^<answer>\d+<\/answer>$/);
  const cases: [string[], RegExp][] = [
    [[...bench, ...both, "--item", "cats/1"], /ssl-r1-bench has no cats\/1\. Its items are named correspondence-4\/0,/],
    [bench, /--bench compares two checkpoints: name the second by --against/],
    [["--image", "a.png"], /Give --image and --prompt/],
    [[...question, ...both, "--tokens", "0"], /--against looks from the first token/],
  ];
  for (const [args, message] of cases) {
    const refused = await attend(...args);
    expect(refused.err).toMatch(message);
    expect(refused.code).toBe(2);
  }
});
