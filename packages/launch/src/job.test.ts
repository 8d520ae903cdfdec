import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { launchFolder, type Target, writeLaunchFolder } from "./launch-folder.js";
import { type JobRecord, RecordReader } from "./records.js";
import { recipeNamed } from "./test-recipe.js";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("No python3 on this machine: nothing that is said of job.py is tested.");

describe("the launch folder", () => {
  let folder: string;
  let target: Target;
  const run = {
    origin: "recipe ssl4rl",
    name: "ssl4rl",
    recipe: recipeNamed("ssl4rl"),
    rows: { train: 5000, validation: 250 },
    counts: [{ mostImages: 4, mostPromptTokens: 1300 }],
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ssl4rl-job-"));
    target = {
      trainer: "verl",
      data: join(folder, "set"),
      set: join(folder, "set"),
      fingerprint: "abc",
      model: "Qwen/Qwen2.5-VL-3B-Instruct",
      steps: 300,
      gpusPerNode: 8,
      nodes: 2,
      out: join(folder, "out"),
      arguments: ["data.seed=7"],
    };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** What a piece of Python says, with job.py imported. */
  function python(code: string, args: readonly string[] = []) {
    writeLaunchFolder(join(folder, "launch"), launchFolder(run, target));
    const { stdout, stderr } = spawnSync("python3", ["-c", code, ...args], {
      cwd: join(folder, "launch"),
      encoding: "utf8",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    const reader = new RecordReader();
    const records = stdout.split("\n").flatMap((line): JobRecord | [] => reader.next(line) ?? []);
    return { stdout, stderr, records };
  }

  it("holds verl's configuration as YAML, every field with its reason", () => {
    const text = launchFolder(run, target)["verl.yaml"];
    const fields = text.split("\n").filter((line) => /^ +\w+: \S/.test(line));
    expect(fields.length).toBeGreaterThan(50);
    for (const line of fields) expect(line).toMatch(/ # \S/);
    expect(parse(text)).toMatchObject({
      defaults: ["ppo_trainer", "_self_"],
      data: { train_files: `${target.set}/train-*.parquet`, train_batch_size: 512, max_prompt_length: 1300 },
      actor_rollout_ref: { actor: { optim: { lr: 1e-6 }, kl_loss_coef: 0.01 }, rollout: { n: 5 } },
      reward: { custom_reward_function: { path: `${target.set}/reward.py`, name: "compute_score" } },
      trainer: {
        nnodes: 2,
        n_gpus_per_node: 8,
        logger: ["console", "file"],
        rollout_data_dir: `${target.out}/rollouts`,
      },
    });
  });

  it.runIf(hasPython)("names the fields that a verl does not know", () => {
    const known = { data: { seed: 1 }, actor: { optim: { lr: 1 } }, open: null };
    const own = {
      data: { seed: 2, sead: 3 },
      actor: { optim: { lr: 2, rate: 1 } },
      open: { any: 1 },
      trainor: { x: 1 },
    };
    const code = "import job, json, sys; print(*job.unknown_fields(*map(json.loads, sys.argv[1:])))";
    expect(python(code, [JSON.stringify(own), JSON.stringify(known)]).stdout.trim()).toBe(
      "data.sead actor.optim.rate trainor",
    );
  });

  it.runIf(hasPython)("refuses a set that is missing, and one that is another", () => {
    const code =
      "import job\ntry:\n    job.check_set()\nexcept job.Refused as reason:\n    job.tell(refused=str(reason))";
    expect(python(code).records).toMatchObject([{ refused: expect.stringMatching(/finds no set in .*--data-uri/) }]);
    mkdirSync(target.set);
    writeFileSync(join(target.set, "manifest.json"), JSON.stringify({ fingerprint: "xyz" }));
    expect(python(code).records).toMatchObject([
      { refused: expect.stringMatching(/another set.*copy the set there anew/) },
    ]);
    writeFileSync(join(target.set, "manifest.json"), JSON.stringify({ fingerprint: "abc" }));
    expect(python(code).records).toEqual([]);
  });

  it.runIf(hasPython)("tells of steps once their responses are written whole, judged and by task", () => {
    mkdirSync(join(target.out, "rollouts"), { recursive: true });
    const answer = JSON.stringify({ kind: "one-of", words: ["0", "90"] });
    const row = {
      task: "rotation@1",
      text: "Turned?",
      answer,
      protocol: "answer-only",
      reward: '{"accuracy":1,"format":0.1,"partial":0}',
    };
    const responses = (step: number) =>
      ["90", "0", "90", "90"].map((given, i) => ({
        ...row,
        uid: `a_b${i >> 1}_${i % 2}_0`,
        gts: "90",
        output: step === 2 && i === 1 ? "no form" : `<answer>${given}</answer>`,
        score: given === "90" ? 1.1 : 0.1,
      }));
    const lines = (rows: readonly object[]) => rows.map((one) => `${JSON.stringify(one)}\n`).join("");
    const metrics = [0, 1, 2, 3].map((step) => ({
      step,
      data: step === 0 ? { "val-core/x": 1 } : { "critic/score/mean": 0.9 },
    }));
    writeFileSync(join(target.out, "metrics.jsonl"), `${lines(metrics)}{"step": 4, "da`);
    writeFileSync(join(target.out, "rollouts", "1.jsonl"), lines(responses(1)));
    writeFileSync(join(target.out, "rollouts", "2.jsonl"), lines(responses(2)));
    const { records, stderr } = python(
      "import job\nj = job.Journal()\nj.look()\nj.look()\nj.look()\njob.tell(trained=True)\nj.look(last=True)",
    );
    expect(stderr).toBe("");
    const tasks = { "rotation@1": { n: 4, reward: expect.closeTo(0.85, 9), accuracy: 0.75, format: 1 } };
    expect(records).toMatchObject([
      { step: 0 },
      { step: 1, tasks, alike: 0.5, samples: [{ task: "rotation@1", target: "90" }, {}] },
      { step: 2, tasks: { "rotation@1": { format: 0.75 } } },
      // The third step's responses never came.
      { trained: true },
      { step: 3 },
    ]);
    expect(records[2]).not.toHaveProperty("samples");
  });
});
