import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchFile } from "./launch-file.js";
import type { Run } from "./run.js";
import { recipeNamed } from "./test-recipe.js";

function runOf(name: string, rows: Partial<Run["rows"]> = {}): Run {
  return {
    origin: `recipe ${name}`,
    name,
    recipe: recipeNamed(name),
    rows: { train: 5000, validation: 250, ...rows },
    counts: [
      { mostImages: 2, mostPromptTokens: 1300 },
      { mostImages: 9, mostPromptTokens: 1100 },
    ],
  };
}

describe("launch files", () => {
  // A folder whose name a shell would take apart, and programs that only print what they are told.
  let folder: string;
  beforeAll(() => {
    folder = join(mkdtempSync(join(tmpdir(), "ssl4rl-launch-")), "a $et & more");
    mkdirSync(join(folder, "bin"), { recursive: true });
    for (const program of ["python3", "swift"]) {
      writeFileSync(join(folder, "bin", program), `#!/bin/sh\nprintf '%s\\n' "$@"\n`);
      chmodSync(join(folder, "bin", program), 0o755);
    }
    for (const name of ["train-00000-of-00002", "train-00001-of-00002", "validation-00000-of-00001"]) {
      writeFileSync(join(folder, `${name}.parquet`), "");
    }
  });
  afterAll(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

  /** What the trainer would be told by `launch.sh`. */
  function told(layout: string, run: Run, variables: Record<string, string> = {}, more: string[] = []): string[] {
    const script = join(folder, "launch.sh");
    writeFileSync(script, launchFile(layout, run)!.text);
    const env = { ...process.env, ...variables, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    return execFileSync("bash", [script, ...more], { env, cwd: folder, encoding: "utf8" })
      .trimEnd()
      .split("\n");
  }

  it("verl: SSL4RL's settings, on this set", () => {
    const words = told("verl", runOf("ssl4rl"));
    expect(words.slice(0, 2)).toEqual(["-m", "verl.trainer.main_ppo"]);
    for (const word of [
      `data.train_files='${folder}/train-*.parquet'`,
      `data.val_files='${folder}/validation-*.parquet'`,
      `reward.custom_reward_function.path='${folder}/reward.py'`,
      "data.max_prompt_length=1300",
      "data.max_response_length=2048",
      "data.train_batch_size=512",
      "actor_rollout_ref.actor.ppo_mini_batch_size=128",
      "actor_rollout_ref.rollout.n=5",
      "actor_rollout_ref.actor.use_kl_loss=true",
      "actor_rollout_ref.actor.kl_loss_coef=0.01",
      "actor_rollout_ref.actor.optim.lr=0.000001",
      "actor_rollout_ref.model.path='Qwen/Qwen2.5-VL-3B-Instruct'",
      "trainer.total_training_steps=300",
    ]) {
      expect(words).toContain(word);
    }
  });

  it("verl: SSL-R1's settings; model, steps and GPUs are variables, and what is added stands last", () => {
    const variables = { MODEL: "Qwen/Qwen2.5-VL-7B-Instruct", STEPS: "1000", GPUS: "4", OUT: "/shared/one task" };
    const words = told("verl", runOf("ssl-r1"), variables, ["trainer.nnodes=2", "data.seed=7"]);
    for (const word of [
      "data.train_batch_size=256",
      "actor_rollout_ref.actor.ppo_mini_batch_size=256",
      "actor_rollout_ref.rollout.n=16",
      "actor_rollout_ref.actor.use_kl_loss=false",
      "actor_rollout_ref.model.path='Qwen/Qwen2.5-VL-7B-Instruct'",
      "trainer.total_training_steps=1000",
      "trainer.n_gpus_per_node=4",
      "trainer.default_local_dir='/shared/one task'",
    ]) {
      expect(words).toContain(word);
    }
    expect(words.slice(-2)).toEqual(["trainer.nnodes=2", "data.seed=7"]);
    expect(words.some((word) => word.includes("kl_loss_coef"))).toBe(false);
  });

  it("a step takes no more prompts than the set has rows, and nothing is validated without rows for it", () => {
    const run = runOf("ssl4rl", { train: 95, validation: 0 });
    expect(launchFile("verl", run)?.text).toContain("# The set has 95 rows to train on, so a step takes 88 of the 512");
    const words = told("verl", run);
    for (const word of [
      "data.train_batch_size=88",
      "actor_rollout_ref.actor.ppo_mini_batch_size=88",
      `data.val_files='${folder}/train-00000-*.parquet'`,
      "trainer.test_freq=-1",
      "trainer.val_before_train=false",
    ]) {
      expect(words).toContain(word);
    }
    expect(told("verl", runOf("ssl4rl", { train: 5 }))).toContain("data.train_batch_size=5");
  });

  it("EasyR1: the same, from a folder that holds rows alone", () => {
    const words = told("easyr1", runOf("ssl4rl"));
    for (const word of [
      `data.train_files=${folder}/rows@train`,
      `data.val_files=${folder}/rows@validation`,
      `worker.reward.reward_function=${folder}/reward.py:compute_score`,
      "data.rollout_batch_size=512",
      "worker.actor.global_batch_size=128",
      "algorithm.kl_coef=0.01",
      "worker.rollout.limit_images=9",
      "data.min_pixels=null",
    ]) {
      expect(words).toContain(word);
    }
    expect(readdirSync(join(folder, "rows")).every((name) => existsSync(join(folder, "rows", name)))).toBe(true);
    expect(readdirSync(join(folder, "rows")).length).toBe(3);
    expect(told("easyr1", runOf("ssl-r1"))).toContain("algorithm.disable_kl=true");
  });

  it("ms-swift: completions are dealt out to the GPUs, or refused", () => {
    const words = told("swift", runOf("ssl4rl"), { GPUS: "4", STEPS: "10" });
    const after = (flag: string) => words[words.indexOf(`--${flag}`) + 1];
    expect(words.slice(1, 4)).toEqual([
      "--dataset",
      ...["train-00000-of-00002", "train-00001-of-00002"].map((name) => join(folder, `${name}.parquet`)),
    ]);
    expect(after("per_device_train_batch_size")).toBe("5");
    expect(after("gradient_accumulation_steps")).toBe("32");
    expect(after("steps_per_generation")).toBe("128");
    expect(after("max_steps")).toBe("40");
    expect(after("vllm_max_model_len")).toBe("3348");
    expect(JSON.parse(after("vllm_limit_mm_per_prompt"))).toEqual({ image: 9 });
    expect(() => told("swift", runOf("ssl4rl"), { GPUS: "3" })).toThrow("128 prompts cannot be dealt out to 3 GPUs");
  });

  it("TRL: a Python file with the same settings", () => {
    const { name, text } = launchFile("trl", runOf("ssl4rl"))!;
    expect(name).toBe("launch.py");
    for (const line of [
      "PROMPTS = 512 ",
      "MINI_BATCH = 128 ",
      '"num_generations": 5,',
      '"beta": 0.01,',
      '"loss_type": "bnpo",',
      '"max_steps": 1200,',
      '"use_bias_correction_kl": False,',
      '"vllm_max_model_length": 3348,',
    ]) {
      expect(text).toContain(line);
    }
    expect(launchFile("trl", runOf("ssl-r1"))?.text).toContain('"loss_type": "dapo",');
  });

  it("say which settings of a recipe they do not carry", () => {
    const plain = runOf("ssl4rl");
    expect(launchFile("verl", plain)!.text).not.toContain("Not carried over");
    const recipe = { ...plain.recipe, epochs: 2, advantageScale: "rloo" as const };
    for (const layout of ["verl", "trl"]) {
      expect(launchFile(layout, { ...plain, recipe })!.text).toMatch(/Not carried over .*: epochs, advantageScale\./);
    }
  });

  it("JSONL has none", () => {
    expect(launchFile("jsonl", runOf("ssl4rl"))).toBeNull();
  });
});
