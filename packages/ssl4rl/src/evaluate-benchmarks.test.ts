import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ItemResult, Scores } from "@ssl4rl/eval";
import { writeMmbenchTsv } from "@ssl4rl/world";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { evaluationTable, printers, type TableFlags } from "./report/evaluation-tables.js";
import { bin, startCommand } from "./test-command.js";

const slices = fileURLToPath(new URL("../../../../shared/data/benchmarks/", import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-eval-"));
  const options = { seed: "test", questions: 6, size: 112, circular: true };
  await writeMmbenchTsv(join(folder, "MMBench_DEV_EN.tsv"), options);
});
afterAll(() => rmSync(folder, { recursive: true }));

const ssl4rl = (...args: string[]) => startCommand(folder, args).outcome;
const evaluated = (...args: string[]) => startCommand(folder, ["eval", "--data", ".", ...args]);

function itemsOf(out: string, benchmark = "mmbench-dev-en"): ItemResult[] {
  const text = readFileSync(join(folder, out, benchmark, "items.jsonl"), "utf8");
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as ItemResult);
}

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

/** An endpoint with one model, `oracle`, that says what `answer` gives for a prompt. Counts how often each was asked. */
async function start(answer: (prompt: string) => string, slowMs = 0) {
  const asked = new Map<string, number>();
  server = createServer(async (request, response: ServerResponse) => {
    if (request.method === "GET") {
      response.end(JSON.stringify({ data: [{ id: "oracle" }] }));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { messages } = JSON.parse(Buffer.concat(chunks).toString());
    const parts = messages[0].content as { text?: string; image_url?: { url: string } }[];
    const prompt = parts.map(({ text = "" }) => text).join("");
    const key = prompt + parts.map(({ image_url }) => image_url?.url ?? "").join();
    asked.set(key, (asked.get(key) ?? 0) + 1);
    const body = JSON.stringify({ choices: [{ message: { content: answer(prompt) } }] });
    setTimeout(() => response.end(body), slowMs);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe("ssl4rl eval --bench", () => {
  it("gives the same answers in process and through ssl4rl serve", async () => {
    const flags = ["--bench", "world-questions,ssl-r1-bench", "--protocol", "answer-only", "--size", "112"];
    flags.push("--max-tokens", "16", "--limit", "10");
    const { child, outcome } = startCommand(folder, ["serve", "tiny-vl", "--port", "0"]);
    let said = "";
    const url = await new Promise<string>((resolve) => {
      child.stderr!.on("data", (chunk) => {
        said += chunk;
        const [found] = /http:\/\/[0-9.:]+\/v1/.exec(said) ?? [];
        if (found) resolve(found);
      });
    });
    const served = await evaluated(...flags, "--model", url, "--out", "served", "--json").outcome;
    child.kill("SIGINT");
    const local = await evaluated(...flags, "--model", "tiny-vl", "--out", "local", "--json", "--concurrency", "3")
      .outcome;
    await outcome;
    expect([served.code, local.code], served.err + local.err).toEqual([0, 0]);
    for (const benchmark of ["world-questions", "ssl-r1-bench"]) {
      const answers = (out: string) => new Map(itemsOf(out, benchmark).map(({ id, response }) => [id, response]));
      expect(answers("local").size).toBeGreaterThanOrEqual(7);
      expect(answers("local")).toEqual(answers("served"));
      const scores = ({ out }: { out: string }) => (JSON.parse(out).benchmarks[benchmark] as Scores).metrics;
      expect(scores(local)).toEqual(scores(served));
    }

    const { code, out } = await ssl4rl(
      "report",
      "local",
      "served",
      "--table",
      "world-categories",
      "--compare",
      "--format",
      "csv",
    );
    expect(code).toBe(0);
    expect(out.split("\r\n")[0]).toBe("Column,local,served,change,95% interval,lost,won,McNemar p");
    expect(out).toMatch(/\r\nAverage,.*,\+0\.00,\+0\.00 to \+0\.00,0,0,1\.0000\r\n/);
  });

  it("killed and started again asks nothing twice", async () => {
    const { url, asked } = await start(() => "<answer>A</answer>", 60);
    const args = ["--bench", "mmbench-dev-en", "--model", url, "--out", "killed", "--concurrency", "1"];
    const { child, outcome } = evaluated(...args);
    while (!existsSync(join(folder, "killed/mmbench-dev-en/items.jsonl")))
      await new Promise((next) => setTimeout(next, 20));
    while (itemsOf("killed").length < 5) await new Promise((next) => setTimeout(next, 5));
    child.kill("SIGKILL");
    await outcome;
    const before = itemsOf("killed");
    const { code, err } = await evaluated(...args).outcome;
    expect(code, err).toBe(0);
    const items = itemsOf("killed");
    expect(items.slice(0, before.length)).toEqual(before);
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    // The one that was under way when the process died may have been asked again: its answer was lost with it.
    const times = [...asked.values()];
    expect(times.length).toBe(items.length);
    expect(times.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(items.length + 1);
  });

  it("stops on Ctrl-C with status 130, and goes on by the same command", async () => {
    const { url, asked } = await start(() => "<answer>A</answer>", 60);
    const args = ["--bench", "mmbench-dev-en", "--model", url, "--out", "stopped", "--concurrency", "1"];
    const { child, outcome } = evaluated(...args);
    while (asked.size < 3) await new Promise((next) => setTimeout(next, 5));
    child.kill("SIGINT");
    const { code, err } = await outcome;
    expect(code).toBe(130);
    expect(err).toContain("The same command goes on from here.");
    expect(existsSync(join(folder, "stopped/mmbench-dev-en/scores.json"))).toBe(false);
    expect((await evaluated(...args).outcome).code).toBe(0);
    expect(existsSync(join(folder, "stopped/mmbench-dev-en/scores.json"))).toBe(true);
  });

  it("says that the disk is full, and with more space goes on without asking twice", async ({ skip }) => {
    // A disk of its own, in a namespace of its own: both end with the shell.
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const mount = `mount -t tmpfs -o size=24k full ${disk}`;
    const shell = (script: string) => promisify(execFile)("unshare", ["-rm", "sh", "-ec", script], { cwd: folder });
    const mounts = await shell(mount).then(
      () => true,
      () => false,
    );
    if (!mounts) skip("a disk of 24 kB cannot be mounted here (unshare, mount -t tmpfs)");
    const { url, asked } = await start(() => `<answer>A</answer>${" of all".repeat(200)}`);
    const command = `${process.execPath} ${bin} eval --data . --bench mmbench-dev-en --model ${url} --out ${disk}/out`;
    const { stderr } = await shell(`${mount}
      ${command} && exit 1
      cp -r ${disk}/out ${folder}/filled
      mount -o remount,size=4m ${disk}
      ${command}
      cp -r ${disk}/out ${folder}/refilled`);
    expect(stderr).toMatch(/Cannot write .*\.jsonl: ENOSPC.* the same command goes on where it stopped/);
    // Half a line would be JSON of nothing.
    const answers = readFileSync(join(folder, "filled/answers.jsonl"), "utf8");
    expect(
      answers
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line).key.length),
    ).not.toEqual([]);
    expect(answers.endsWith("\n")).toBe(true);
    const items = itemsOf("refilled");
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
    // Calls that were under way when the disk was full had no place for their answers.
    const times = [...asked.values()];
    expect(times.length).toBe(items.length);
    expect(Math.max(...times)).toBeLessThanOrEqual(2);
    expect(times.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(items.length + 8);
  });

  it("refuses a folder in which another process evaluates", async () => {
    const { url, asked } = await start(() => "<answer>A</answer>");
    mkdirSync(join(folder, "shared"));
    writeFileSync(join(folder, "shared/run.lock"), `${process.pid}`);
    const { code, err } = await evaluated("--bench", "mmbench-dev-en", "--model", url, "--out", "shared").outcome;
    expect(code).not.toBe(0);
    expect(err).toMatch(/shared is in use by process \d+\. Wait for it or stop it .* another folder with --out/);
    expect(asked.size).toBe(0);
  });

  it.each([
    [["--bench", "mmbench-dev-en"], /Give a folder with --out/],
    [
      ["--bench", "mmbench-dev-en", "--task", "rotation", "--out", "x"],
      /--task asks about pictures, --bench asks a benchmark/,
    ],
    [["--protocol", "ssl4rl"], /--protocol belongs to benchmarks: name some with --bench/],
    [["--retry-failed", "--max-tokens", "9"], /--retry-failed belongs to benchmarks/],
    [["--bench", "mmvp", "--min-pixels", "9", "--max-pixels", "8"], /--min-pixels 9 is above --max-pixels 8/],
    [["--bench", "mmbench", "--out", "x"], /No benchmark "mmbench"/],
    [["--bench", "mmbench-dev-en,mmvp", "--out", "x"], /MMVP is not in \./],
    [["--bench", "mmbench-dev-en", "--protocol", "vlmeval", "--out", "x"], /No protocol of mmbench-dev-en "vlmeval"/],
    [
      ["--bench", "mmbench-dev-en", "--model", "http://127.0.0.1:9", "--out", "x"],
      /127\.0\.0\.1:9\/v1 does not answer/,
    ],
  ])("refuses %j, and makes no folder", async (args, message) => {
    const { code, err } = await evaluated(...args).outcome;
    expect(code).not.toBe(0);
    expect(err).toMatch(message);
    expect(existsSync(join(folder, "x"))).toBe(false);
  });
});

describe("ssl4rl report of evaluations", () => {
  it("prints all scores, in every format, and says what is wrong with its arguments", async () => {
    const { url } = await start(() => "<answer>A</answer>");
    await evaluated("--bench", "mmbench-dev-en", "--model", url, "--out", "all").outcome;
    const items = itemsOf("all");
    const right = items.filter(({ target }) => target === "A").length;
    const percent = ((100 * right) / items.length).toFixed(2);
    const { out } = await ssl4rl("report", "all", "--label", "Oracle");
    expect(out).toContain(`| Oracle | ${percent} |`);
    expect(out).toContain(`${items.length} of ${items.length} answered, 0.0% not readable`);
    const path = join(folder, "all");
    const starts = { csv: "Model,", latex: "\\begin{table}", json: "{\n", html: "<!doctype html>" };
    for (const [format, start] of Object.entries(starts)) {
      const text = printers[format](evaluationTable([path], { reading: "corrected" }));
      expect(text.startsWith(start), text.slice(0, 80)).toBe(true);
      expect(text).toContain(percent);
    }
    const made = (folders: readonly string[], flags: Partial<TableFlags>) => () =>
      evaluationTable(folders, { reading: "corrected", ...flags });
    expect(made([path], { compare: true })).toThrow(/name one with --table/);
    expect(made([path], { compare: true, table: "ssl4rl-1" })).toThrow(/--compare takes two folders/);
    expect(made([path, path], { label: ["one"] })).toThrow(/2 folders and 1 labels/);
    expect(made([path], { table: "ssl4rl-99" })).toThrow(/No table "ssl4rl-99"/);
    expect((await ssl4rl("report", "all", "nowhere")).err).toMatch(/No evaluation in nowhere/);
  });
});

describe.skipIf(!existsSync(slices))("slices of published files (needs ../shared/data/benchmarks)", () => {
  it("are asked and scored as a count by hand says", async () => {
    const { url } = await start(() => "<answer>A</answer>");
    const benchmarks: Record<string, Scores> = {};
    for (const [path, ids] of [
      ["viewspatial", "viewspatial"],
      ["mmbench-samples/MMBench_samples_EN.tsv", "mmbench-dev-en"],
      ["", "vsr-all,sugarcrepe,pope,refcoco-testb"],
    ]) {
      const { code, out, err } = await startCommand(folder, [
        ...["eval", "--model", url, "--data", join(slices, path), "--bench", ids, "--out", "slices", "--json"],
      ]).outcome;
      expect(code, err).toBe(0);
      Object.assign(benchmarks, JSON.parse(out).benchmarks);
    }
    const counts = Object.entries(benchmarks).map(
      ([
        id,
        {
          questions,
          answered,
          failed,
          metrics: [first],
        },
      ]) => {
        expect(answered).toBe(questions);
        expect(failed).toBe(0);
        return [id, first.hits, first.n];
      },
    );
    // Answers of ViewSpatial-Bench are written `A. left`.
    const rows = JSON.parse(readFileSync(join(slices, "viewspatial/ViewSpatial-Bench.json"), "utf8")) as {
      answer: string;
    }[];
    const viewspatial = itemsOf("slices", "viewspatial");
    expect(viewspatial.filter(({ given }) => given === "A").length).toBe(rows.length);
    expect(counts).toContainEqual(["viewspatial", rows.filter(({ answer }) => /^A\b/.test(answer)).length, 74]);
    // POPE takes whatever denies nothing for a yes; no box is no box.
    expect(counts).toContainEqual(["mmbench-dev-en", 6, 20]);
    expect(counts).toContainEqual(["pope", 9, 18]);
    expect(counts).toContainEqual(["refcoco-testb", 0, 14]);
    expect(benchmarks["refcoco-testb"].unparsable).toBe(1);
  });
});
