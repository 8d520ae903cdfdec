import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, Image, Random, UserError } from "@ssl4rl/core";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSet } from "../audit/read-set.js";
import type { AuditRow } from "../audit/row.js";
import { cloud } from "../audit/test-rows.js";
import type { BuiltRow } from "../built-row.js";
import { layoutNamed, layouts } from "./index.js";

const SIDE = 56;
const pngs = Array.from({ length: 8 }, (_, i) => encodePng(cloud(Random.from("layouts", i), SIDE)));
const picture = (seed: number) => ({ bytes: pngs[seed % pngs.length], width: SIDE, height: SIDE });

const PROMPT = "Wie weit wurde das zweite Bild gedreht? 0, 90, 180 oder 270°\nAnswer in this form: <answer>X</answer>";

/** Row `index` shows `images` pictures, without labels unless some are given. */
function built(index: number, rest: Partial<BuiltRow> = {}): BuiltRow {
  return {
    index,
    split: "train",
    task: "rotation@1",
    options: { step: 90 },
    prompt: PROMPT,
    images: [picture(2 * index), picture(2 * index + 1)],
    labels: [],
    target: String(90 * (index % 4)),
    answer: { kind: "one-of", words: ["0", "90", "180", "270"] },
    protocol: "answer-only",
    reward: { format: 0.1, accuracy: 0.9, partial: 0 },
    picture: `photo ${index}.jpg`,
    key: `key ${index}`,
    ...rest,
  };
}

const jigsaw = (index: number) =>
  built(index, {
    task: "jigsaw@2",
    images: [picture(7), picture(8), picture(9)],
    labels: ["Piece 1:", "Piece 2:", "Piece 3:"],
    target: "2,1,3",
    answer: { kind: "permutation", n: 3, from: 1, separator: "," },
    reward: { accuracy: 1, format: 0, partial: 0.2 },
  });
const graph = (index: number) => built(index, { task: "graph@1", images: [], prompt: "A - B, B - C. Is A next to C?" });
const mixed = [built(0), jigsaw(1), graph(2)];

const ANSWER = '{"kind":"one-of","words":["0","90","180","270"]}';
const REWARD = '{"accuracy":0.9,"format":0.1,"partial":0}';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-layouts-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
async function write(name: string, rows: readonly BuiltRow[]): Promise<string> {
  const layout = layoutNamed(name);
  const path = join(folder, `${files++}.${layout.extension}`);
  await layout.write(path, rows);
  return path;
}

const metadataOf = async (path: string) => parquetMetadataAsync(await asyncBufferFromFile(path));

// biome-ignore lint/suspicious/noExplicitAny: rows of five shapes
async function read(name: string, rows: readonly BuiltRow[]): Promise<any[]> {
  const path = await write(name, rows);
  if (path.endsWith(".jsonl")) {
    const lines = readFileSync(path, "utf8").split("\n");
    expect(lines.pop()).toBe("");
    return lines.map((line) => JSON.parse(line));
  }
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors, utf8: false });
}

const parquetLayouts = layouts.filter(({ extension }) => extension === "parquet").map(({ name }) => name);
const decodedByDatasets = ["verl", "trl", "easyr1"];

describe("every layout", () => {
  const messageOf: Record<string, (row: Record<string, never>) => string> = {
    verl: (row) => (row.prompt as { content: string }[])[0].content,
    trl: (row) =>
      (row.prompt as { content: { text: string | null }[] }[])[0].content.map(({ text }) => text ?? "<image>").join(""),
    easyr1: (row) => row.problem,
    swift: (row) => (row.messages as { content: string }[])[0].content,
    jsonl: (row) => row.prompt,
  };

  it.each(layouts.map(({ name }) => name))(
    "%s shows pictures, labels and prompt as our own trainer does",
    async (name) => {
      const [plain, labelled, textOnly] = (await read(name, mixed)).map(messageOf[name]);
      expect(plain).toBe(`<image><image>${PROMPT}`);
      expect(labelled).toBe(`Piece 1: <image>\nPiece 2: <image>\nPiece 3: <image>\n${PROMPT}`);
      expect(textOnly).toBe("A - B, B - C. Is A next to C?");
    },
  );

  it.each(layouts.map(({ name }) => name))("%s holds as many pictures as marks, and these very files", async (name) => {
    const rows = await read(name, mixed);
    for (const [i, row] of rows.entries()) {
      const files = row.images.map((image: string | { bytes: Uint8Array; path: null }) => {
        if (typeof image === "string") return Buffer.from(image.replace("data:image/png;base64,", ""), "base64");
        expect(image.path).toBeNull();
        return Buffer.from(image.bytes);
      });
      expect(files).toEqual(mixed[i].images.map(({ bytes }) => Buffer.from(bytes)));
      expect(messageOf[name](row).split("<image>")).toHaveLength(files.length + 1);
    }
  });

  it.each(layouts.map(({ name }) => name))("%s gives the same bytes for the same rows", async (name) => {
    const [a, b] = [await write(name, mixed), await write(name, [built(0), jigsaw(1), graph(2)])];
    expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
    const otherOrder = built(0, { reward: { partial: 0, accuracy: 0.9, format: 0.1 } });
    expect(readFileSync(await write(name, [otherOrder, jigsaw(1), graph(2)])).equals(readFileSync(a))).toBe(true);
  });

  it.each(layouts.map(({ name }) => name))("%s refuses text that a trainer would take for a picture", async (name) => {
    for (const mark of ["<image>", "<video>", "<audio>"]) {
      const bad = built(3, { prompt: `What does ${mark} mean?` });
      await expect(write(name, [built(0), bad])).rejects.toThrow(
        new UserError(
          `Row 3 (rotation@1, photo 3.jpg): the text holds ${mark}, which trainers replace by a file of their own. ` +
            "Reword the task's prompt or labels.",
        ),
      );
    }
    await expect(write(name, [built(0, { labels: ["First:", "<image>"] })])).rejects.toThrow(UserError);
    await expect(write(name, [built(0, { prompt: "Is a < b, or image > video?" })])).resolves.toBeTypeOf("string");
  });

  it.each(layouts.map(({ name }) => name))("%s writes a file without rows that can be read", async (name) => {
    expect(await read(name, [])).toEqual([]);
  });
});

describe.each(parquetLayouts)("%s as Parquet", (name) => {
  it("lets every field be null, in lists of three levels, with whole numbers of 64 bits", async () => {
    const { schema } = await metadataOf(await write(name, mixed));
    for (const [i, element] of schema.entries()) {
      if (i === 0) continue;
      const inList = element.name === "list";
      expect([element.name, element.repetition_type]).toEqual([element.name, inList ? "REPEATED" : "OPTIONAL"]);
      if (inList) {
        expect(schema[i - 1]).toMatchObject({
          converted_type: "LIST",
          logical_type: { type: "LIST" },
          num_children: 1,
        });
        expect(schema[i + 1].name).toBe("element");
      }
    }
    expect(schema.find((element) => element.name === "index")).toMatchObject({ type: "INT64" });
    expect(schema.filter(({ type }) => type === "BYTE_ARRAY" || type === "INT64" || type === undefined)).toEqual(
      schema,
    );
    const strings = schema.filter(({ type, name }) => type === "BYTE_ARRAY" && name !== "bytes");
    expect(strings.every((element) => element.converted_type === "UTF8")).toBe(true);
    expect(schema.find((element) => element.name === "bytes")?.converted_type).toBeUndefined();
  });

  it("has one schema whatever the rows are", async () => {
    const schemas = await Promise.all(
      [mixed, [graph(0)], [jigsaw(0)], []].map(async (rows) => (await metadataOf(await write(name, rows))).schema),
    );
    for (const schema of schemas) expect(schema).toEqual(schemas[0]);
  });

  it("has row groups of 50 rows and leaves pictures uncompressed", async () => {
    const one = [picture(1)];
    const rows = Array.from({ length: 125 }, (_, i) => built(i, { images: one }));
    const path = await write(name, rows);
    const { row_groups, created_by } = await metadataOf(path);
    expect(row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([50, 50, 25]);
    expect(created_by).toBe("ssl4rl");
    for (const { columns } of row_groups) {
      for (const { meta_data } of columns) {
        const isPicture = meta_data?.path_in_schema[0] === "images";
        expect(meta_data?.codec).toBe(isPicture ? "UNCOMPRESSED" : "SNAPPY");
      }
    }
    const file = await asyncBufferFromFile(path);
    const read = await parquetReadObjects({ file, columns: ["images"], compressors, utf8: false });
    expect(read.every(({ images }) => Buffer.from(images[0].bytes).equals(Buffer.from(one[0].bytes)))).toBe(true);
  });

  it("says in the footer that images are pictures where that makes `datasets` decode them in time", async () => {
    const { key_value_metadata } = await metadataOf(await write(name, mixed));
    const footer = key_value_metadata?.map(({ key, value }) => [key, value]) ?? [];
    const expected = [["huggingface", '{"info":{"features":{"images":[{"_type":"Image"}]}}}']];
    expect(footer).toEqual(decodedByDatasets.includes(name) ? expected : []);
  });

  it("keeps pictures of several pages whole", async () => {
    const random = Random.from("noise");
    const noise = new Image(
      700,
      700,
      new Uint8Array(700 * 700 * 3).map(() => random.int(256)),
    );
    const large = [encodePng(noise), encodePng(noise)].map((bytes) => ({ bytes, width: 700, height: 700 }));
    expect(large[0].bytes.length).toBeGreaterThan(2 ** 20);
    const rows = await read(name, [built(0), built(1, { images: large }), built(2)]);
    const files = rows.map(({ images }) => images.map(({ bytes }: { bytes: Uint8Array }) => bytes.length));
    expect(files[1]).toEqual(large.map(({ bytes }) => bytes.length));
    expect(files[2]).toEqual(built(2).images.map(({ bytes }) => bytes.length));
  });
});

describe("what scores a response", () => {
  const origin = { split: "train", picture: "photo 0.jpg", key: "key 0" };

  it("verl: the target in reward_model, the rest in extra_info", async () => {
    const [row] = await read("verl", [built(0)]);
    const { prompt, images, ...scoring } = row;
    expect(prompt[0].role).toBe("user");
    expect(scoring).toEqual({
      data_source: "rotation",
      ability: "ssl",
      reward_model: { style: "rule", ground_truth: "0" },
      extra_info: {
        index: 0n,
        ...origin,
        task: "rotation@1",
        answer: ANSWER,
        protocol: "answer-only",
        reward: REWARD,
      },
    });
  });

  it.each(["trl", "swift"])("%s: a column each", async (name) => {
    const [{ prompt, messages, images, ...scoring }] = await read(name, [built(0)]);
    expect((prompt ?? messages)[0].role).toBe("user");
    expect(scoring).toEqual({
      index: 0n,
      ...origin,
      task: "rotation@1",
      target: "0",
      answer: ANSWER,
      protocol: "answer-only",
      reward: REWARD,
    });
  });

  it("trl: picture parts have no text, text parts no picture", async () => {
    const [row] = await read("trl", [jigsaw(0)]);
    expect(row.prompt[0].content.slice(0, 4)).toEqual([
      { type: "text", text: "Piece 1: " },
      { type: "image", text: null },
      { type: "text", text: "\n" },
      { type: "text", text: "Piece 2: " },
    ]);
  });

  it("easyr1: all of it in the answer, as JSON", async () => {
    const [{ problem, images, answer, ...rest }] = await read("easyr1", [built(0)]);
    expect(JSON.parse(answer)).toEqual({
      task: "rotation@1",
      target: "0",
      answer: JSON.parse(ANSWER),
      protocol: "answer-only",
      reward: JSON.parse(REWARD),
    });
    expect(rest).toEqual({ index: 0n, ...origin });
  });

  it("jsonl: plain fields", async () => {
    const [{ prompt, images, ...rest }] = await read("jsonl", [built(0)]);
    expect(rest).toEqual({
      index: 0,
      ...origin,
      task: "rotation@1",
      options: { step: 90 },
      target: "0",
      answer: JSON.parse(ANSWER),
      protocol: "answer-only",
      reward: JSON.parse(REWARD),
    });
  });
});

it("the audit reads verl's layout: task, target, split and pictures", async () => {
  const rows: AuditRow[] = [];
  for await (const row of readSet(await write("verl", [built(0), built(1, { split: "val" })]))) rows.push(row);
  expect(rows.map(({ task, target, split }) => ({ task, target, split }))).toEqual([
    { task: "rotation", target: "0", split: "train" },
    { task: "rotation", target: "90", split: "val" },
  ]);
  expect(rows[1].pictures.map((file) => Buffer.from(file as Uint8Array))).toEqual(
    built(1).images.map(({ bytes }) => Buffer.from(bytes)),
  );
});

it("an unknown layout is told with a suggestion", () => {
  expect(() => layoutNamed("easyrl")).toThrow(
    'No layout "easyrl". Did you mean "easyr1"? There are: easyr1, jsonl, swift, trl, verl.',
  );
});

describe("a set of words alone", () => {
  const row: BuiltRow = {
    index: 0,
    split: "train",
    task: "link-prediction@1",
    options: {},
    prompt: "Things.\nNodes:\n[N1] a\nEdges:\nnone\nIs there the edge N1 - N2: yes or no?",
    images: [],
    labels: [],
    target: "yes",
    answer: { kind: "one-of", words: ["yes", "no"] },
    protocol: "answer-only",
    reward: { accuracy: 1, format: 0, partial: 0 },
    picture: "node 1",
    key: "k",
  };

  it.each(layouts.map((layout) => [layout.name, layout] as const))(
    "has no column for pictures in %s",
    async (_, layout) => {
      const path = join(mkdtempSync(join(tmpdir(), "ssl4rl-words-")), `set.${layout.extension}`);
      await layout.write(path, [row], false);
      if (layout.extension === "jsonl") expect(JSON.parse(readFileSync(path, "utf8"))).not.toHaveProperty("images");
      else {
        const file = await asyncBufferFromFile(path);
        const { schema, key_value_metadata } = await parquetMetadataAsync(file);
        expect(schema.map(({ name }) => name)).not.toContain("images");
        expect(key_value_metadata ?? []).toEqual([]);
      }
    },
  );
});
