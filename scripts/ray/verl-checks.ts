import { spawnSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { follow, RayJobs, RemoteRun, readLaunchFolder } from "@ssl4rl/launch";
import { loadCheckpoint } from "@ssl4rl/models";
import { parseRecipe } from "@ssl4rl/trainer";
import { vectors } from "../../packages/data/src/verifier/vectors.js";
import { type Checks, expect } from "./checks.js";
import { metricsIn } from "./cluster-checks.js";
import type { Head } from "./head.js";
import { Ssl4rl } from "./ssl4rl.js";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const recipe = path("recipe.yaml");
const checkpoint = path("../../checkpoints/tiny-vl");
const VECTORS = 20_000;

/** As much of verl as runs without a GPU. */
export async function verlChecks(checks: Checks, head: Head, python: string, folder: string): Promise<void> {
  const here = new Ssl4rl(folder, head.token);
  const cluster = ["--cluster", head.url, "--patience", "60"];
  const verl = ["--rows", "24", "--gpus-per-node", "1"];
  const run = join(folder, "runs/verl");
  const jobs = new RayJobs({ url: head.url, token: head.token, ca: null });

  await checks.run("verl's trainer starts with our configuration, and ends where it looks for GPUs", async () => {
    const own = ["--", "transfer_queue.backend.SimpleStorage.num_data_storage_units=1"];
    const { code, err } = await here.run("launch", recipe, ...cluster, ...verl, "--run", "verl", "--follow", ...own);
    expect(code === 1 && /available GPUs 0/.test(err), err.slice(-5000));
    return (/Total available GPUs.*/.exec(err) ?? [""])[0];
  });
  await checks.run("Ray tasks build a set, a shard each, of the same bytes", async () => {
    const built = join(folder, "sets/by-ray");
    const shards = ["--shards", "2", "--set", built, "--source", "world", "--rows", "24"];
    const { code, err } = await here.run("launch", recipe, ...cluster, ...shards);
    expect(code === 0, err.slice(-5000));
    const [own, other] = [built, join(folder, "sets/recipe-verl")].map((set) => {
      const { fingerprint, files } = JSON.parse(readFileSync(join(set, "manifest.json"), "utf8"));
      return JSON.stringify({ fingerprint, files });
    });
    expect(own === other, `${own}\n${other}`);
    return (/shard \d is done, 0 to go/.exec(err) ?? [""])[0];
  });
  await checks.run("a field that this verl does not know is named", async () => {
    const files = { ...readLaunchFolder(join(run, "launch")) };
    files["verl.yaml"] = files["verl.yaml"]
      .replace("  grad_clip:", "  grad_clap:")
      .replace("    grad_clip:", "    grad_clap:");
    const { log } = await submit(jobs, files, "python3 job.py check");
    expect(log.includes("knows no field actor_rollout_ref.actor.grad_clap"), log);
    return "actor_rollout_ref.actor.grad_clap";
  });
  const judged = join(folder, "judged.jsonl");
  const writes = RemoteRun.create(join(folder, "runs/writes"), parseRecipe(readFileSync(recipe, "utf8"), recipe), {
    ...RemoteRun.open(run).job,
  });
  await checks.run("verl on the cluster", async () => {
    const questions = join(folder, "vectors.jsonl");
    writeFileSync(questions, "");
    for (const { question, response } of vectors(VECTORS)) {
      const { target, answer, protocol, reward } = question;
      // A tokenizer has no word for half a character.
      const line = {
        response: response.replace(/[\ud800-\udfff]/gu, "\ufffd"),
        target,
        answer: JSON.stringify(answer),
        protocol,
        reward: JSON.stringify(reward),
      };
      appendFileSync(questions, `${JSON.stringify(line)}\n`);
    }
    const files = {
      ...readLaunchFolder(join(run, "launch")),
      "verl_job.py": readFileSync(path("verl_job.py"), "utf8"),
      "checks.py": readFileSync(path("../peers/checks.py"), "utf8"),
    };
    const { status, log } = await submit(jobs, files, `python3 verl_job.py ${questions} ${judged}`);
    writes.take(log);
    const lines = log.split("\n").filter((line) => /^(ok|FAILED) {2}/.test(line));
    expect(status === "SUCCEEDED" && lines.length === 4, log.slice(-3000));
    return `\n${lines.map((line) => `        ${line}`).join("\n")}`;
  });
  await checks.run(`verl's reward workers and ssl4rl verify agree`, async () => {
    const scores = join(folder, "scores.jsonl");
    const { code, err } = await here.run("verify", judged, "--out", scores);
    expect(code === 0, err);
    const [ours, theirs] = [scores, judged].map((file) => readFileSync(file, "utf8").split("\n").slice(0, -1));
    const apart = ours.filter((line, i) => {
      const { line: _, ...own } = JSON.parse(line) as Record<string, unknown>;
      const { reward, ...said } = JSON.parse(theirs[i]).verl as Record<string, unknown>;
      return reward !== own.score || Object.entries(own).some(([key, value]) => said[key] !== value);
    });
    expect(ours.length === VECTORS && apart.length === 0, `${apart.length} of ${ours.length} apart: ${apart[0]}`);
    return `${ours.length} responses, every score and part the same`;
  });
  await checks.run("what verl's loggers write becomes a run folder", async () => {
    const metrics = metricsIn(writes.path);
    const shown = metrics.map(({ reward, accuracy }) => `${reward.toFixed(2)}/${accuracy}`).join();
    expect(shown === "0.55/0.5,0.55/0.5", shown);
    const before = writes.folder.readEvaluation("before");
    const accuracy = Object.values(before?.tasks ?? {}).map(({ accuracy, chance }) => `${accuracy} (chance ${chance})`);
    expect(accuracy.length > 0, "no validation");
    return `2 steps; validation ${accuracy.join(", ")}`;
  });
  await checks.run("verl's merger makes a Hugging Face folder of its checkpoint", async () => {
    const out = join(run, "out");
    const { status, stderr } = spawnSync(python, [path("fsdp_checkpoint.py"), checkpoint, out], { encoding: "utf8" });
    expect(status === 0, stderr);
    const { code, err, json } = await here.run("launch", "--fetch", "runs/verl", "--patience", "60", "--json");
    expect(code === 0, err.slice(-5000));
    return `${sameWeights(String(json.checkpoint))} tensors as they were`;
  });
}

async function submit(jobs: RayJobs, files: Readonly<Record<string, string>>, entrypoint: string) {
  const id = `check-${Date.now()}`;
  await jobs.submit({ id, entrypoint, workingDir: await jobs.upload(files), metadata: {} }, 60);
  let [log, status] = ["", ""];
  for await (const event of follow(jobs, id, { from: 0, patience: 60, signal: new AbortController().signal })) {
    if (event.kind === "log") log += event.text;
    if (event.kind === "status") status = event.details.status;
  }
  return { status, log };
}

/** Weights as they were, but that the merger writes bfloat16. */
function sameWeights(folder: string): number {
  const [own, merged] = [checkpoint, folder].map((one) => loadCheckpoint(one).model.parameters());
  for (const [name, weight] of own) {
    const [a, b] = [weight, merged.get(name)!].map((tensor) => tensor.to({ dtype: "bfloat16" }).data());
    expect(a.length === b.length && a.every((value, i) => value === b[i]), `${name} differs`);
  }
  expect(own.size === merged.size, `${merged.size} tensors for ${own.size}`);
  return own.size;
}
