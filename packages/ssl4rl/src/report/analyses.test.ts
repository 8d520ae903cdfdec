import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  answeredItem,
  grade,
  type OpenBenchmark,
  pictureOf,
  protocolNamed,
  type Question,
  sslBenches,
  worldQuestions,
} from "@ssl4rl/eval";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAny } from "../open-benchmarks.js";
import { startCommand } from "../test-command.js";
import { caseReport } from "./case-report.js";
import { evaluationTable, printers } from "./evaluation-tables.js";

const folder = mkdtempSync(join(tmpdir(), "ssl4rl-analyses-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sources = { data: "nowhere", images: "world", size: 112 };
const [bench] = sslBenches;
const ssl4rl = (...args: string[]) => startCommand(folder, args).outcome;
const path = (name: string) => join(folder, name);

/** Leaves the evaluation of somebody who gives these answers to the first questions, as `ssl4rl eval` would. */
async function evaluated(name: string, open: OpenBenchmark, count: number, answer: (question: Question) => string) {
  const protocol = protocolNamed(open.benchmark, "answer-only");
  const items: string[] = [];
  for (const question of open.questions.slice(0, count)) {
    const picture = await pictureOf(question);
    const asked = { benchmark: open.benchmark.id, question, prompt: protocol.ask(question), picture };
    const graded = await grade(question, `<answer>${answer(question)}</answer>`, protocol);
    items.push(`${JSON.stringify(answeredItem(asked, graded))}\n`);
  }
  const own = join(path(name), open.benchmark.id);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "items.jsonl"), items.join(""));
  writeFileSync(join(own, "settings.json"), JSON.stringify({ ...open.settings, protocol: protocol.name }));
}

/** Knows the tasks that it was trained on; elsewhere it says what is no answer. */
const knows =
  (...tasks: string[]) =>
  ({ labels, target }: Question) =>
    tasks.some((task) => labels.column.startsWith(task)) && target.kind === "answer" ? target.answer : "no idea";

beforeAll(async () => {
  const open = await openAny(bench, sources);
  await evaluated("base", open, 20, knows("similarity"));
  await evaluated("rotation", open, 20, knows("rotation", "similarity"));
  await evaluated("ordering", open, 20, knows("ordering"));
  const world = await openAny(worldQuestions, sources);
  await evaluated("A", world, 30, () => "A");
  await evaluated("B", world, 30, () => "B");
  await evaluated("C", world, 30, () => "C");
});

describe("ssl4rl report", () => {
  it("prints the transfer matrix of several runs", async () => {
    const { code, out, err } = await ssl4rl(
      ...["report", "base", "rotation", "ordering", "--table", "ssl-r1-4", "--transfer", "--format", "csv"],
    );
    expect(code, err).toBe(0);
    expect(out.split("\r\n").slice(0, 3)).toEqual([
      "Trained on,Correspondence,Ordering,Rotation,Similarity,Inpainting",
      "rotation,+0.00,+0.00,+100.00*,+0.00,+0.00",
      "ordering,+0.00,+100.00*,+0.00,-100.00*,+0.00",
    ]);
  });

  it("prints what harder levels change", () => {
    const flags = { reading: "corrected", difficulty: true, table: "world-groups" } as const;
    const folders = ["A", "B", "C"].map(path);
    const table = evaluationTable(folders, { ...flags, label: ["base", "Rotation 90°", "Rotation 45°"] });
    expect(table.rows.map(({ block, label }) => [block, label])).toEqual([
      ["Rotation", "90°"],
      ["Rotation", "45°"],
    ]);
    expect(table.rows[0].cells[3].text).toBe("–");
    expect(table.rows[1].cells[3].text).toMatch(/^[+-]\d/);
    expect(() => evaluationTable(folders, flags)).toThrow(/rows named by task and level.*Got "B"/);
  });

  it("shows cases with their pictures, the gains beside the losses, and as tables", async () => {
    const flags = { cases: 3, data: "nowhere", images: "world" };
    const folders = ["base", "rotation"].map(path);
    const page = await caseReport(folders, { ...flags, format: "html" });
    // Of 20 questions of ten columns, two columns are won, with two pictures to a question.
    expect(page).toContain("<h3>Only <bdi>rotation</bdi> is right: 4</h3>");
    expect(page).toContain("<h3>Only <bdi>base</bdi> is right: 0</h3>");
    expect(page.match(/<article class="card">/g)!.length).toBe(3);
    expect(page.match(/<img src="data:image\/png/g)!.length).toBe(6);
    expect(page).not.toContain("is missing</span>");
    expect(page).not.toContain("&lt;image&gt;");
    for (const format of ["md", "csv", "latex", "json"]) {
      const text = await caseReport(folders, { ...flags, format });
      expect(text).toMatch(/Only rotation is right: \d+/);
      expect(text).toContain("rotation-90/");
    }
    await expect(caseReport([path("base")], { ...flags, format: "md" })).rejects.toThrow(/--cases takes two folders/);
  });

  it("refuses to compare answers to different questions", async () => {
    const moved = await openAny(bench, sources);
    const questions = moved.questions
      .slice(10, 30)
      .map((question, i) => Object.create(question, { id: { value: moved.questions[i].id } })) as Question[];
    await evaluated("elsewhere", { ...moved, questions }, 20, knows("rotation"));
    const flags = { reading: "corrected", table: "ssl-r1-4" } as const;
    expect(() => evaluationTable([path("base"), path("elsewhere")], flags)).toThrow(
      /base and elsewhere were not asked the same: ssl-r1-bench, correspondence-4\/0, is .* in one and .* in the other/,
    );
  });

  it("prints the reward curves of several runs, as figures and as a chart", async () => {
    for (const [name, gain] of [
      ["slow", 0.01],
      ["fast", 0.02],
    ] as const) {
      mkdirSync(path(name));
      writeFileSync(
        join(path(name), "recipe.yaml"),
        "model: tiny-vl\nimages: world\ntasks: [{ task: rotation }]\nsteps: 20\n",
      );
      const steps = Array.from({ length: 20 }, (_, step) => {
        const reward = 0.25 + gain * step;
        return `${JSON.stringify({ step, reward, tasks: { "rotation@1": { reward } } })}\n`;
      });
      writeFileSync(join(path(name), "metrics.jsonl"), steps.join(""));
    }
    const csv = await ssl4rl("report", "./slow", "./fast", "--format", "csv");
    expect(csv.code, csv.err).toBe(0);
    const [head, slow, fast] = csv.out.split("\r\n");
    expect(head).toMatch(/^Run,.*1–2,.*3–4/);
    expect(slow).toMatch(/^slow: rotation@1,0\.255,/);
    expect(fast).toMatch(/^fast: rotation@1,0\.260,.*,0\.620$/);
    const page = await ssl4rl("report", "./slow", "./fast", "--format", "html");
    expect(page.out).toContain("fast: rotation@1 from");
    const refused = await ssl4rl("report", "./slow", "./fast", "--transfer");
    expect(refused.err).toMatch(/No evaluation in \.\/slow, and --transfer is for those/);
  });

  it("prints every table in every format", () => {
    for (const [table, ...names] of [
      ["ssl-r1-4", "base", "rotation"],
      ["world-groups", "A", "B"],
    ]) {
      const made = evaluationTable(names.map(path), { reading: "corrected", table });
      for (const print of Object.values(printers)) expect(print(made)).toMatch(/\d\.\d\d/);
    }
  });
});
