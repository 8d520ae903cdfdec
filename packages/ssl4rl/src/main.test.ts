import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodePng, Image, Random } from "@ssl4rl/core";
import { readSafetensors, writeSafetensors, zeros } from "@ssl4rl/torch";
import type { StepMetrics } from "@ssl4rl/trainer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bin, startCommand } from "./test-command.js";

const tinyVl = fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-command-"));
  const photos = join(folder, "photos");
  mkdirSync(photos);
  for (let i = 0; i < 12; i++) writeFileSync(join(photos, `${i}.png`), encodePng(picture(i)));
  writeFileSync(join(photos, "notes.txt"), "not a picture");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function picture(seed: number): Image {
  const random = Random.from("photo", seed);
  const [a, b, c] = [random.uniform(10, 30), random.uniform(20, 60), random.uniform(0, 6)];
  const data = new Uint8Array(160 * 120 * 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [Math.floor(i / 3) % 160, Math.floor(i / 480)];
    data[i] = Math.max(0, Math.min(255, 220 - 1.5 * y + 25 * Math.sin(x / a + c + (i % 3)) + 20 * Math.cos(y / b)));
  }
  return new Image(160, 120, data);
}

const start = (args: readonly string[]) => startCommand(folder, [...args]);

const ssl4rl = (...args: string[]) => start(args).outcome;

/** A recipe of a few quick steps on the test's photos. */
function recipeFile(name: string, steps: number, model = "tiny-vl"): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `model: ${model}\nimages: photos\ntasks: [{task: rotation}]\nsize: 112\nprotocol: answer-only\nsteps: ${steps}\n` +
      "prompts: 4\nrollouts: 4\nmaxNewTokens: 8\nlearningRate: 0.0003\nevaluationQuestions: 8\ncheckpointEvery: 3\n",
  );
  return file;
}

const metrics = (run: string) =>
  readFileSync(join(folder, run, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const { machine: _, ...rest } = JSON.parse(line) as StepMetrics;
      return rest;
    });

/** What checkpoints hold, by their hashes. */
const manifests = (run: string) => {
  const checkpoints = join(folder, run, "checkpoints");
  return readdirSync(checkpoints).map((name) => readFileSync(join(checkpoints, name, "manifest.json"), "utf8"));
};

async function untilSteps(run: string, count: number): Promise<void> {
  const file = join(folder, run, "metrics.jsonl");
  while (!existsSync(file) || readFileSync(file, "utf8").split("\n").length <= count) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("ssl4rl", () => {
  it("lists all its commands, and knows no other", async () => {
    const { code, out } = await ssl4rl("--help");
    expect(code).toBe(0);
    const commands = "build verify preview audit train launch eval merge attend report serve".split(" ");
    for (const name of commands) expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
    // What every object has is no command.
    expect(await ssl4rl("toString")).toMatchObject({ code: 2, err: expect.stringContaining("unknown command") });
  });

  it("ends without a word when who reads it has gone", async () => {
    const { child, outcome } = start(["--help"]);
    child.stdout!.destroy();
    expect(await outcome).toMatchObject({ code: 141, err: "" });
  });
});

describe("ssl4rl train", () => {
  it("trains on a folder of photos, reports, and ends with one line of JSON", async () => {
    const { code, out, err } = await ssl4rl("train", recipeFile("short", 3), "--run", "./short", "--json");
    expect(err).toMatch(/1 files left out, the first: notes\.txt/);
    expect(code).toBe(0);
    const summary = JSON.parse(out.trim());
    expect(summary).toMatchObject({ run: "./short", steps: 3, tasks: { rotation: { chance: 0.25 } } });
    for (const when of ["before", "after"]) {
      const { accuracy, low, high, n } = summary.tasks.rotation[when];
      expect(n).toBe(8);
      expect(low).toBeLessThanOrEqual(accuracy);
      expect(high).toBeGreaterThanOrEqual(accuracy);
    }
    expect(summary.secondsPerStep).toBeGreaterThan(0);
    expect(readFileSync(join(folder, "short", "report.html"), "utf8")).toContain("rotation");
  });

  it("takes the same first step with two replicas as with one, but for the order of sums, and resumes alike", async () => {
    const one = recipeFile("one", 4);
    const two = join(folder, "two.yaml");
    writeFileSync(two, `${readFileSync(one, "utf8")}replicas: 2\npromptsPerPass: 1\n`);
    expect((await ssl4rl("train", one, "--run", "./one")).code).toBe(0);
    expect((await ssl4rl("train", two, "--run", "./two")).code).toBe(0);
    const [alone] = metrics("one");
    const [shared] = metrics("two");
    expect(shared.reward).toBe(alone.reward);
    expect(shared.loss).toBeCloseTo(alone.loss, 5);
    expect(shared.gradNorm / alone.gradNorm).toBeCloseTo(1, 4);

    const { child, outcome } = start(["train", two, "--run", "./two-killed"]);
    await untilSteps("two-killed", 3);
    child.kill("SIGKILL");
    await outcome;
    expect((await ssl4rl("train", "--resume", "--run", "./two-killed")).code).toBe(0);
    expect(metrics("two-killed")).toEqual(metrics("two"));
  });

  it("refuses a second process on its folder, stops cleanly on Ctrl-C with a checkpoint, and says how to go on", async () => {
    const { child, outcome } = start(["train", recipeFile("interrupt", 500), "--run", "./interrupted"]);
    await untilSteps("interrupted", 2);
    const second = await ssl4rl("train", "--resume", "--run", "./interrupted");
    expect(second.code).toBe(1);
    expect(second.err).toMatch(`in use by process ${child.pid}`);
    child.kill("SIGINT");
    const { code, err } = await outcome;
    expect(code).toBe(130);
    expect(err).toMatch(/Stopped after step \d+\. Go on with: ssl4rl train --resume --run \.\/interrupted/);
    const taken = metrics("interrupted").length;
    const checkpoint = join(folder, "interrupted", "checkpoints", `step-${String(taken).padStart(6, "0")}`);
    expect(existsSync(join(checkpoint, "trainer_state", "optimizer.safetensors"))).toBe(true);
    expect(existsSync(join(folder, "interrupted", "report.html"))).toBe(true);
    expect(existsSync(join(folder, "interrupted", "run.lock"))).toBe(false);
  });

  it("names the nearest task, flag and recipe", async () => {
    const cases: [string[], RegExp][] = [
      [["train", "--images", "photos", "--task", "rotaton"], /No task "rotaton"\. Did you mean "rotation"\?/],
      [["train", "demo", "--stepps", "3"], /unknown option '--stepps'[\s\S]*--steps/],
      [["train", "dmo"], /No recipe "dmo"\. Did you mean "demo"\?/],
      [["trian"], /unknown command 'trian'[\s\S]*train/],
      [["train", "--images", "photos", "--task", "rotation:step=100"], /step must be 90 or 45.*got 100/],
      [["train", "demo", "--steps", "-3"], /--steps.*whole number/],
      [["train"], /name a recipe .*, pictures .* or a graph/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await ssl4rl(...args);
      expect(err).toMatch(message);
      expect(code).toBe(2);
    }
  });

  it("explains folders without usable pictures", async () => {
    mkdirSync(join(folder, "empty"));
    mkdirSync(join(folder, "broken"));
    writeFileSync(join(folder, "broken", "a.jpg"), "<html>404</html>");
    writeFileSync(join(folder, "broken", "b.png"), encodePng(picture(1)).subarray(0, 500));
    const task = ["--task", "rotation", "--run", "./never"];
    const empty = await ssl4rl("train", "--images", "empty", ...task);
    expect(empty.err).toMatch(/No pictures in empty: it holds no files/);
    const broken = await ssl4rl("train", "--images", "broken", ...task);
    expect(broken.err).toMatch(/No pictures in broken: none of its 2 files can be used, e\.g\. a\.jpg: .*b\.png: /);
    const missing = await ssl4rl("train", "--images", "nowhere", ...task);
    expect(missing.err).toMatch(/No folder nowhere/);
    expect([empty.code, broken.code, missing.code]).toEqual([1, 1, 1]);
    expect(existsSync(join(folder, "never"))).toBe(false);
  });

  it("explains a checkpoint with a missing or a misshapen tensor", async () => {
    for (const [name, change, message] of [
      ["missing", null, /model\.norm\.weight.*missing/],
      ["misshapen", [7], /model\.norm\.weight must have shape \[\d+\], found \[7\]/],
    ] as const) {
      const model = join(folder, name);
      mkdirSync(model);
      for (const file of ["config.json", "tokenizer.json", "tokenizer_config.json", "preprocessor_config.json"]) {
        copyFileSync(join(tinyVl, file), join(model, file));
      }
      const weights = readSafetensors(join(tinyVl, "model.safetensors"));
      const entries = [...weights.names].filter((key) => change || key !== "model.norm.weight");
      writeSafetensors(
        join(model, "model.safetensors"),
        entries.map((key) => [key, change && key === "model.norm.weight" ? zeros(change) : weights.get(key)]),
      );
      const { code, err } = await ssl4rl("train", recipeFile(name, 1, model), "--run", `./run-${name}`);
      expect(err).toMatch(message);
      expect(code).toBe(1);
    }
  });

  it("says that a run folder cannot be written, or holds a run already", async () => {
    writeFileSync(join(folder, "a-file"), "");
    const blocked = await ssl4rl("train", recipeFile("blocked", 1), "--run", "./a-file/run");
    expect(blocked.err).toMatch(/Cannot write .*a-file.*Choose another folder/);
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "taken", "recipe.yaml"), "");
    const taken = await ssl4rl("train", recipeFile("blocked", 1), "--run", "./taken");
    expect(taken.err).toMatch(/already holds a run.*--resume/);
    expect([blocked.code, taken.code]).toEqual([1, 1]);
  });
});

describe("a run of ssl4rl train that is broken off", () => {
  beforeAll(async () => {
    expect((await ssl4rl("train", recipeFile("broken", 8), "--run", "./whole")).code).toBe(0);
  });

  it("goes on after kill -9, three times, and with its last checkpoint damaged, to the metrics and checkpoints of a run that was not killed", async () => {
    for (const [i, steps] of [2, 5, 7].entries()) {
      const args = i === 0 ? [recipeFile("broken", 8)] : ["--resume"];
      const { child, outcome } = start(["train", ...args, "--run", "./killed"]);
      await untilSteps("killed", steps);
      child.kill("SIGKILL");
      expect((await outcome).code).toBeNull();
    }
    rmSync(join(folder, "killed", "checkpoints", "step-000006", "config.json"));
    const { code, err } = await ssl4rl("train", "--resume", "--run", "./killed");
    expect(err).toMatch(/step-000006 is damaged: config\.json is missing\. Set aside as .*; going on from step 3/);
    expect(err).not.toMatch(/^before/m);
    expect(code).toBe(0);
    rmSync(join(folder, "killed", "checkpoints", "step-000006.damaged"), { recursive: true });
    expect(metrics("killed")).toEqual(metrics("whole"));
    expect(manifests("killed")).toEqual(manifests("whole"));
  });

  it("says that the disk is full in the middle of a checkpoint, keeps the one before, and goes on with more space", async ({
    skip,
  }) => {
    // A disk of its own, in a namespace of its own: both end with the shell.
    const disk = join(folder, "disk");
    mkdirSync(disk);
    const shell = (script: string) =>
      spawnSync("unshare", ["-rm", "sh", "-ec", script], { cwd: folder, encoding: "utf8" });
    const mount = `mount -t tmpfs -o size=40m full ${disk}`;
    if (shell(mount).status !== 0) skip("a disk of 40 MB cannot be mounted here (unshare, mount -t tmpfs)");
    const train = `${process.execPath} ${bin} train`;
    // A checkpoint of the tiny model takes 26 MB: one has room, two have not.
    const { status, stderr } = shell(`${mount}
      ${train} ${recipeFile("broken", 8)} --run ${disk}/run && exit 1
      ls ${disk}/run/checkpoints >&2
      mount -o remount,size=200m ${disk}
      ${train} --resume --run ${disk}/run
      cp -r ${disk}/run ${folder}/refilled`);
    expect(stderr).toMatch(
      /Cannot write .*step-000006: the disk is full\. Free some space, then go on with --resume\.\nstep-000003\n/,
    );
    expect(status).toBe(0);
    expect(metrics("refilled")).toEqual(metrics("whole"));
    expect(manifests("refilled")).toEqual(manifests("whole"));
  });
});

describe("ssl4rl eval and preview", () => {
  it("evaluates a checkpoint on pictures", async () => {
    const args = ["--images", "photos", "--task", "rotation", "--questions", "8", "--json"];
    const { code, out } = await ssl4rl("eval", ...args);
    expect(code).toBe(0);
    expect(JSON.parse(out).tasks["rotation@1"]).toMatchObject({ n: 8, clusters: 8, chance: 0.25 });
  });

  it("writes a contact sheet of every task that the pictures can carry", async () => {
    const { code, err } = await ssl4rl("preview", "--images", "photos", "--rows", "2", "--out", "sheet.html");
    expect(err).toContain("depth-order@1 is left out: it needs --depth DIR");
    expect(code).toBe(0);
    const html = readFileSync(join(folder, "sheet.html"), "utf8");
    for (const task of ["rotation@1", "position@2", "jigsaw@1", "correspondence@1"]) expect(html).toContain(task);
  });
});
