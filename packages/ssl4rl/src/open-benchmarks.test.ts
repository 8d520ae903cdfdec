import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, protocols } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import {
  benchmarkNamed,
  chanceOf,
  contentOf,
  grade,
  type OpenBenchmark,
  paperTable,
  protocolNamed,
  type Question,
  sslBenches,
  tableNamed,
  tasksOf,
  worldQuestions,
} from "@ssl4rl/eval";
import { loadCheckpoint } from "@ssl4rl/models";
import { evenArms, ProblemStream, promptOf } from "@ssl4rl/trainer";
import { worldSource } from "@ssl4rl/world";
import { afterAll, describe, expect, it } from "vitest";
import { checkpointFolder } from "./models.js";
import { openAny } from "./open-benchmarks.js";
import { Progress } from "./progress.js";

const folder = mkdtempSync(join(tmpdir(), "ssl4rl-benches-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sources = { data: "nowhere", images: "world", size: 112 };
const protocolOf = (name: string) => protocols.find((protocol) => protocol.name === name)!;
const pictures = (question: Question) => Promise.all(question.images.map((image) => image.bytes()));

describe.each(sslBenches.map((bench) => [bench.id, bench] as const))("%s", (_, bench) => {
  const columns = bench.columns.length;
  const open = openAny(bench, sources);
  it("asks 5000 questions of each column, one of each in a row", async () => {
    const { questions } = await open;
    expect(questions.length).toBe(5000 * columns);
    const row = questions.slice(columns, 2 * columns);
    expect(row.map(({ id }) => id)).toEqual(bench.columns.map(({ code }) => `${code}/1`));
    expect(row.map(({ labels }) => labels.column)).toEqual(bench.columns.map(({ code }) => code));
  });

  it("asks in the words and pictures of training, and pays the true answer alone, in every form", async () => {
    const { questions } = await open;
    const checkpoint = loadCheckpoint(await checkpointFolder("tiny-vl", new Progress()));
    const source = worldSource({ seed: "held-out", length: 5000, size: 140 });
    const [{ name }] = bench.protocols;
    const stream = new ProblemStream(() => source, evenArms(tasksOf(bench, 112)), protocolOf(name), 0);
    for (const arm of bench.columns.keys()) {
      const question = questions[2 * columns + arm];
      const problem = await stream.pose({ arm, turn: 2 });
      const bytes = await pictures(question);
      expect(bytes).toEqual(problem.images.map(encodePng));
      expect(await question.picture!()).toBe(problem.picture);
      const content = contentOf(protocolNamed(bench).ask(question), question.images).map((part) =>
        typeof part === "string" ? { type: "text" as const, text: part } : { type: "image" as const },
      );
      const images = await Promise.all(bytes.map((file) => decodePicture(file, { minSide: 1, maxSide: 9999 })));
      const chat = checkpoint.prepareChats([{ messages: [{ role: "user", content }], images }]);
      expect(chat.prompts[0].ids).toEqual(checkpoint.prepare([promptOf(problem)]).prompts[0].ids);
      const { answers } = problem.task;
      const wrong = [0, 1].map((i) => answers.print(answers.at(i))).find((answer) => answer !== problem.target)!;
      for (const asked of bench.protocols) {
        const { wrap } = protocolOf(asked.name);
        const graded = await Promise.all(
          [wrap(problem.target), wrap(wrong), problem.target].map((said) => grade(question, said, asked)),
        );
        expect(graded.map(({ accuracy }) => accuracy)).toEqual([1, 0, 0]);
        expect(graded.map(({ extraction }) => extraction.answer)).toEqual([problem.target, wrong, null]);
      }
    }
  });

  it("has the chance levels of its table", async () => {
    const { questions } = await open;
    const table = paperTable(tableNamed(bench.id === "ssl-r1-bench" ? "ssl-r1-4" : bench.id), [run()], "corrected");
    const [chance] = table.rows;
    const [mean, ...each] = bench.metrics.map((metric) => 100 * chanceOf(metric, questions.slice(0, columns)));
    expect(chance.cells.map(({ value }) => value!.toFixed(6))).toEqual(
      [...each, mean].map((value) => value.toFixed(6)),
    );
    if (bench.id === "ssl-r1-bench") {
      const printed = ["4.17", "0.14", "4.17", "0.00", "25.00", "12.50", "25.00", "25.00", "25.00", "25.00", "14.60"];
      expect(chance.cells.map(({ text }) => text)).toEqual(printed);
    }
  });

  const run = () => ({ label: "nobody", results: [] });
});

describe("pictures of one's own", () => {
  const bench = sslBenches[0];
  const world = worldSource({ seed: "mine", length: 14, size: 140 });
  const write = async (name: string, index: number) => {
    const picture = await world.get(index);
    if ("image" in picture) writeFileSync(join(folder, name), encodePng(picture.image));
  };

  it("are told apart by what the first questions show, and may be those that training leaves out", async () => {
    for (let i = 0; i < 12; i++) await write(`${i}.png`, i);
    const settings = async (more: object = {}) =>
      (await openAny(bench, { ...sources, images: folder, ...more })).settings!;
    const all = await settings();
    expect(all).toEqual(await settings());
    expect(all).toMatchObject({ size: 112, pictures: 12, heldOut: 1 });
    const part = await settings({ heldOut: 0.6 });
    expect(part.pictures).toBeLessThan(12);
    await write("0.png", 12);
    await write("1.png", 13);
    expect((await settings()).first).not.toBe(all.first);
  });

  it("that cannot carry a task are passed over and listed", async () => {
    writeFileSync(join(folder, "zz.png"), "no picture");
    const open: OpenBenchmark = await openAny(bench, { ...sources, images: folder });
    for (const question of open.questions.slice(0, 150))
      if (question.id.startsWith("rotation-90")) await question.picture!();
    expect(open.skipped.map(({ where }) => where)).toContain("zz.png, for rotation@1 step=90");
  });
});

describe("world-questions", () => {
  const open = openAny(worldQuestions, sources);

  it("are MMBench's rows about the world, with their pictures", async () => {
    const { questions } = await open;
    expect(new Set(questions.map(({ group }) => group)).size).toBe(1164);
    const turns = questions.filter(({ group }) => group === "7");
    const texts = turns.map(({ choices, target }) => choices![(target as { letter: string }).letter]);
    expect(turns.length).toBe(Object.keys(turns[0].choices!).length);
    expect(new Set(texts).size).toBe(1);
    const [first, second] = await Promise.all(turns.slice(0, 2).flatMap(({ images }) => images[0].bytes()));
    expect(first).toEqual(second);
    const { width } = await decodePicture(first, { minSide: 1, maxSide: 999 });
    expect(width).toBe(112);
    expect(benchmarkNamed("world-questions")).toBe(worldQuestions);
  });

  it("are the first of them where fewer will be asked", async () => {
    const [all, few] = [(await open).questions, (await openAny(worldQuestions, { ...sources, limit: 9 })).questions];
    expect(few.length).toBeGreaterThanOrEqual(9);
    expect(few.length).toBeLessThan(40);
    const said = ({ id, text, choices }: Question) => [id, text, choices];
    expect(few.map(said)).toEqual(all.slice(0, few.length).map(said));
  });

  it("fall into the columns of their tables, all of them", async () => {
    const { questions } = await open;
    const results = questions.map(({ id, group, labels }) => ({
      ...{ benchmark: "world-questions", id, group, labels, picture: group, prompt: "?", target: "A" },
      ...{ response: "A", given: "A", how: [], accuracy: 1 },
    }));
    for (const id of ["world-groups", "world-categories"]) {
      const { rows, notes } = paperTable(tableNamed(id), [{ label: "all", results }], "corrected");
      expect(rows[0].cells.map(({ text }) => text)).toEqual(rows[0].cells.map(() => "100.00"));
      expect(notes.filter((note) => note.startsWith("all:"))).toEqual([]);
    }
  });
});
