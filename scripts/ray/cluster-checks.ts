import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Checks, expect } from "./checks.js";
import type { Head } from "./head.js";
import { Ssl4rl } from "./ssl4rl.js";

const recipe = fileURLToPath(new URL("recipe.yaml", import.meta.url));

/** TRL on the processor, with the options of its GRPOConfig that this takes. */
const onProcessor = [
  ...["--", "--use_cpu", "--bf16", "False", "--use_vllm", "False", "--save_strategy", "steps", "--save_steps", "3"],
  ...["--model_init_kwargs", '{"dtype":"float32"}', "--disable_tqdm", "True"],
];
const trl = ["--trainer", "trl", "--gpus-per-node", "0", "--rows", "24"];

/** A TRL run of three steps from submission to the checkpoint, its reader killed on the way; and all that may go wrong. */
export async function clusterChecks(checks: Checks, head: Head, folder: string): Promise<void> {
  const { url, token } = head;
  const here = new Ssl4rl(folder, token);
  const cluster = ["--cluster", url, "--patience", "60"];
  let id = "";

  await checks.run("without a token", async () => {
    const { code, err } = await new Ssl4rl(folder, null).run("launch", recipe, "--cluster", url);
    expect(code === 1 && err.includes("asks for a token"), err);
    return lastLine(err);
  });
  await checks.run("with a wrong token", async () => {
    const { code, err } = await new Ssl4rl(folder, "of-another-cluster").run("launch", recipe, "--cluster", url);
    expect(code === 1 && err.includes("refuses the token") && !err.includes("of-another"), err);
    return lastLine(err);
  });
  await checks.run("at a wrong address", async () => {
    const { code, err } = await here.run("launch", recipe, "--cluster", "http://127.0.0.1:9");
    expect(code === 1 && err.includes("nothing listens there"), err);
    return lastLine(err);
  });
  await checks.run("a GRPO run by TRL is submitted", async () => {
    const { code, err, json } = await here.run("launch", recipe, ...cluster, ...trl, "--json", ...onProcessor);
    expect(code === 0 && json.run === join("runs", "recipe"), err);
    id = String(json.id);
    expect(!tellsToken(folder, token), "the token stands in a file of the run folder");
    return id;
  });
  await checks.run("its follower is killed after the first step", async () => {
    const { child, outcome, said } = here.start("launch", "--attach", id, "--patience", "60");
    await said(/step 1: reward/);
    child.kill("SIGKILL");
    await outcome;
    return `${metricsIn(join(folder, "runs/recipe")).length} of 3 steps are in the run folder`;
  });
  await checks.run("and follows again to the end", async () => {
    const { code, err, json } = await here.run("launch", "--attach", "runs/recipe", "--patience", "60", "--json");
    expect(code === 0 && json.status === "SUCCEEDED" && json.steps === 3, err);
    const metrics = metricsIn(join(folder, "runs/recipe"));
    expect(metrics.map(({ step }) => step).join() === "0,1,2", `steps ${metrics.map(({ step }) => step)}`);
    expect(
      metrics.every(({ accuracy, gradNorm }) => accuracy >= 0 && gradNorm > 0),
      JSON.stringify(metrics),
    );
    const samples = readdirSync(join(folder, "runs/recipe/samples")).filter((name) => name.endsWith(".jsonl"));
    const report = readFileSync(join(folder, "runs/recipe/report.html"), "utf8");
    expect(samples.length === 2 && report.includes("rotation"), `samples: ${samples}`);
    return `rewards ${metrics.map(({ reward }) => reward.toFixed(2)).join(", ")}; samples and report are there`;
  });
  await checks.run("from elsewhere, by its id alone, gives the same metrics", async () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    const { code, err } = await new Ssl4rl(elsewhere, token).run("launch", "--attach", id, ...cluster);
    expect(code === 0, err);
    const [own, other] = [join(folder, "runs/recipe"), join(elsewhere, "runs", id)].map((run) =>
      readFileSync(join(run, "metrics.jsonl"), "utf8"),
    );
    expect(own === other, `${own}\n${other}`);
    return `${other.length} bytes alike`;
  });
  await checks.run("its checkpoint is fetched, and answers questions", async () => {
    const { code, err, json } = await here.run("launch", "--fetch", "runs/recipe", "--patience", "60", "--json");
    expect(code === 0 && json.here === true, err);
    const asked = [
      "eval",
      "--model",
      String(json.checkpoint),
      "--images",
      "world",
      "--task",
      "rotation",
      "--questions",
      "20",
    ];
    const evaluated = await here.run(...asked);
    expect(evaluated.code === 0, evaluated.err);
    return `${json.checkpoint}`.split("/").slice(-1)[0];
  });
  await checks.run("a job whose trainer fails", async () => {
    // Without --use_cpu.
    const { code, err } = await here.run("launch", recipe, ...cluster, ...trl, "--follow");
    expect(code === 1 && err.includes("doesn't support bf16/gpu") && err.includes("JOB_ENTRYPOINT_COMMAND_ERROR"), err);
    return lastLine(err);
  });
  await checks.run("a set that is not the one", async () => {
    const other = join(folder, "other");
    cpSync(join(folder, "sets/recipe-trl"), other, { recursive: true });
    const manifest = join(other, "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/"fingerprint": "\w+/, '"fingerprint": "0000'));
    const { code, err } = await here.run("launch", recipe, ...cluster, ...trl, "--follow", "--data-uri", other);
    expect(code === 1 && err.includes("holds another set"), err);
    return lastLine(err);
  });
  await checks.run("a set in an object store (a file:// URI) is copied once to where the nodes find it", async () => {
    const uri = `file://${join(folder, "sets/recipe-trl")}`;
    const { code, err } = await here.run(
      "launch",
      recipe,
      ...cluster,
      ...trl,
      "--follow",
      "--data-uri",
      uri,
      "--",
      "--help",
    );
    expect(code === 0 && /copying train-.*\.parquet/.test(err), err);
    return (/copying manifest.json .*/.exec(err) ?? [""])[0];
  });
  await checks.run("a job is stopped on request", async () => {
    const long = ["--steps", "500", "--run", "long", "--follow"];
    const follower = here.start("launch", recipe, ...cluster, ...trl, ...long, ...onProcessor);
    await follower.said(/step 1: reward/);
    const stopped = await here.run("launch", "--stop", "runs/long");
    expect(stopped.code === 0 && stopped.err.includes("is stopped"), stopped.err);
    const { code, err } = await follower.outcome;
    expect(code === 1 && err.includes("was stopped"), err);
    const again = await here.run("launch", "--stop", "runs/long");
    expect(again.code === 0 && again.err.includes("had ended before"), again.err);
    return `${lastLine(err)}; ${metricsIn(join(folder, "runs/long")).length} steps kept`;
  });
}

/** The last check: it leaves no head. */
export async function killedHead(checks: Checks, head: Head, folder: string): Promise<void> {
  await checks.run("the head is killed while a job is followed", async () => {
    const here = new Ssl4rl(folder, head.token);
    const long = ["--steps", "500", "--run", "lost", "--follow", "--patience", "5"];
    const follower = here.start("launch", recipe, "--cluster", head.url, ...trl, ...long, ...onProcessor);
    await follower.said(/step 1: reward/);
    await head.kill();
    const { code, err } = await follower.outcome;
    expect(code === 1 && err.includes("Trying again") && err.includes("Given up after 5 s"), err);
    return `${lastLine(err)}; ${metricsIn(join(folder, "runs/lost")).length} steps kept`;
  });
}

interface Line {
  readonly step: number;
  readonly reward: number;
  readonly accuracy: number;
  readonly gradNorm: number;
}

export function metricsIn(run: string): Line[] {
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Line);
}

function tellsToken(folder: string, token: string): boolean {
  const files = readdirSync(join(folder, "runs"), { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  return files.some((file) => readFileSync(join(file.parentPath, file.name)).includes(token));
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
