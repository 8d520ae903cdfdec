import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodePng, Image } from "@ssl4rl/core";
import {
  checkRecipe,
  type Environment,
  type EvaluationRecord,
  type SampleRecord,
  type StepMetrics,
  type SupervisedMetrics,
  type TaskScore,
  type Warning,
} from "@ssl4rl/trainer";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { renderReport } from "./report.js";

const hostile = `</script></pre><img src=x onerror="alert(1)"> 'quoted' & https://evil.example/ \u202e\u0000`;

const recipe = checkRecipe(
  {
    model: "tiny-vl",
    images: "world",
    worldPictures: 64,
    heldOut: 0.25,
    tasks: [
      { task: "rotation", step: 90 },
      { task: "position", grid: 3 },
    ],
    size: 112,
    protocol: "answer-only",
    reward: { accuracy: 1, format: 0.2, partial: 0 },
    steps: 30,
    prompts: 4,
    rollouts: 4,
    promptsPerPass: 2,
    maxNewTokens: 12,
    learningRate: 5e-4,
    warmupSteps: 5,
    schedule: "linear",
    seed: 3,
    evaluationQuestions: 50,
  },
  "recipe.yaml",
);

let folder: string;
let run: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-report-"));
  run = join(folder, "first-try");
  put("recipe.yaml", stringify(recipe));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a finished run shows scores, curves, questions, rollouts, skipped pictures and the recipe", () => {
  finish();
  const page = renderReport(run);
  const words = text(page);
  expect(page).toContain("<title>first-try – ssl4rl</title>");
  expect(words).toContain("tiny-vl learns rotation and position by GRPO on world.");
  expect(words).toContain("rotation@1 50 questions on 40 pictures, chance 25.0% +48.0 points");
  expect(words).toContain("position@1 50 questions on 40 pictures, chance 11.1% +2.0 points, intervals overlap");
  expect(words).toContain("before 26.0% 15.9% to 39.6%");
  for (const title of [
    "Accuracy",
    "Reward",
    "Completion length",
    "Entropy",
    "Format errors",
    "Gradient norm",
    "Time",
  ]) {
    expect(page).toContain(`<h3>${title}</h3>`);
  }
  expect(words).toContain("True answer 90 Before ! format error After 90 ✓ right");
  expect(words).toContain("2× 180 ✗ wrong reward 0.2 1× 90 ✓ right reward 1.2 1× ! format error reward 0");
  expect(words).toContain("2× rotation@1: looks the same when turned by 180 degrees");
  expect(words).toContain("4 prompts × 4 rollouts at temperature 1");
  expect(words).toContain("5e-4, falling linearly after 5 steps of warm-up");
  expect(words).toContain("checkpointEvery: 25");
  expect(words).not.toMatch(/Unfinished|not measured yet|NaN|undefined|\[object/);
});

test("warnings stand above the rest", () => {
  finish();
  expect(text(renderReport(run))).not.toMatch(/warning/);
  const warning: Warning = { step: 12, kind: "entropy", task: null, text: `entropy fell. ${hostile}` };
  put("warnings.jsonl", `${JSON.stringify(warning)}\n{"step":13,"torn`);
  const page = renderReport(run);
  expect(text(page)).toMatch(/1 warning Step 12: entropy fell\. .*Before and after/);
  expect(page).not.toMatch(/<script|<img src=x/);
});

test("a supervised run has its own curves, and no rollouts, rewards or groups", () => {
  finish();
  rmSync(join(run, "samples"), { recursive: true });
  const plain = { ...recipe, method: "supervised", reward: undefined, rollouts: undefined };
  put("recipe.yaml", stringify(checkRecipe(plain, "recipe.yaml")));
  const own = { loss: 0.9, tokenAccuracy: 0.8, n: 4 };
  const machine = { seconds: 1, phases: {}, tokensPerSecond: 12, peakBytes: 1e9 };
  const steps = Array.from({ length: 30 }, (_, step): SupervisedMetrics => {
    const tasks = { "rotation@1": own, "position@1": { ...own, loss: 1.5 } };
    return { step, loss: 1.2, tokenAccuracy: 0.8, length: 6, gradNorm: 0.7, learningRate: 5e-4, machine, tasks };
  });
  put("metrics.jsonl", steps.map((step) => `${JSON.stringify(step)}\n`).join(""));
  const page = renderReport(run);
  const words = text(page);
  expect([...page.matchAll(/<h3>([^<]*)<\/h3>\n<ul class="legend"/g)].map((match) => match[1])).toEqual([
    "Loss",
    "Tokens right",
    "Gradient norm",
    "Learning rate",
    "Time",
    "Throughput",
  ]);
  expect(words).toContain("learns rotation and position by supervision on world.");
  expect(words).toContain("4 prompts with their right answers");
  // The full recipe lists every key.
  expect(words.split("The full recipe")[0]).not.toMatch(/rollouts|GRPO|KL weight|reward|NaN|undefined/i);
});

test("rollouts are shown of the first, the middle and the last kept step", () => {
  finish();
  const headings = [...renderReport(run).matchAll(/<h3>(Step \d+)<\/h3>/g)].map((match) => match[1]);
  expect(headings).toEqual(["Step 0", "Step 10", "Step 29"]);
});

test("the time of a step is shown with its long phases, and what the run ran on, with what changed at a later start", () => {
  finish();
  const first: Environment = {
    started: "2026-01-02T03:04:05.000Z",
    step: 0,
    ssl4rl: "0.1.0",
    node: "v20.19.0",
    libtorch: { version: "1.13.0", folder: "/usr/lib", origin: "the system" },
    device: "cpu",
    cpu: "A processor",
    threads: 2,
    seed: 3,
    git: { commit: "c0ffee", changed: true },
    model: { folder: "checkpoints/tiny-vl", fingerprint: "0123456789abcdef".repeat(4) },
  };
  const second: Environment = { ...first, started: "2026-01-03T03:04:05.000Z", step: 25, threads: 1 };
  put("environment.json", JSON.stringify([first, second, { ...second, step: 26 }]));
  const page = renderReport(run);
  const words = text(page);
  expect(page).toContain(
    "Time. whole step from 2 to 2; sampling from 0.7 to 0.7; backward from 0.5 to 0.5; prompt from 0.399 to 0.399; " +
      "loss from 0.3 to 0.3; optimiser from 0.1 to 0.1.",
  );
  expect(words).toContain("libtorch 1.13.0 of the system, /usr/lib");
  expect(words).toContain("Git commit c0ffee, with changes");
  expect(words).toContain("Peak memory 0.5 GB");
  expect(words).toContain("Started 3 times.");
  expect(words).toContain("From step 25 on: started again 2026-01-03T03:04:05.000Z; cpu now A processor, 1 thread");
  expect(words).toContain("From step 26 on: started again 2026-01-03T03:04:05.000Z, on the same");
});

test("text from models and files is escaped, and the page asks the network for nothing", () => {
  finish();
  put("skipped.json", JSON.stringify([{ picture: hostile, task: hostile, reason: hostile }]));
  const page = renderReport(run);
  expect(page).toContain(
    "&lt;/script&gt;&lt;/pre&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &#39;quoted&#39; &amp; https:",
  );
  expect(page).not.toMatch(/<script|<img src=x/);
  expect(page).not.toContain("\u0000");
  const targets = [...page.matchAll(/<[a-z][^>]*?\s(?:src|href|action|data)="([^"]*)"/gi)].map((match) => match[1]);
  expect(targets.length).toBeGreaterThan(6);
  for (const target of targets) expect(target).toMatch(/^(#|data:image\/png;base64,)/);
  expect(page.match(/<style>[\s\S]*?<\/style>/)?.[0]).not.toMatch(/url\(|@import/);
});

test("pictures are embedded; missing ones and files from elsewhere are not", () => {
  finish();
  rmSync(join(run, "samples", "images", "b-0.png"));
  writeFileSync(join(folder, "secret.png"), "secret");
  put("samples/step-000029.jsonl", `${JSON.stringify(sample(29, "rotation@1", "a", { images: ["../secret.png"] }))}\n`);
  const page = renderReport(run);
  expect(page).toContain('width="8" height="6" alt="rotation@1 on a.jpg"');
  expect(page.match(/Picture 1 is missing/g)!.length).toBeGreaterThan(1);
  expect(page).not.toContain(Buffer.from("secret").toString("base64"));
});

test("before and after are paired by the problem, not by their place", () => {
  finish();
  const after = evaluation("after");
  put("eval/after.json", JSON.stringify({ ...after, samples: [...after.samples].reverse() }));
  expect(text(renderReport(run))).toContain("True answer 90 Before ! format error After 90 ✓ right");
});

test("an unfinished run reports what there is; a torn last line is not a step", () => {
  put("eval/before.json", JSON.stringify(evaluation("before")));
  put("metrics.jsonl", `${metrics(0)}${metrics(1)}{"step":2,"rew`);
  const words = text(renderReport(run));
  expect(words).toContain("Unfinished: 2 of 30 steps are taken.");
  expect(words).toContain("after not measured yet");
  expect(words).toContain("After not asked yet");
  expect(words).toContain("too few steps to smooth");
  expect(words).toContain("No rollouts yet");
  expect(words).toContain("The list is written when training ends.");
});

test("a run killed before the last evaluation says so", () => {
  put("metrics.jsonl", Array.from({ length: 30 }, (_, step) => metrics(step)).join(""));
  expect(text(renderReport(run))).toContain("All 30 steps are taken; the evaluation after training is still missing.");
});

test("a run that has only a recipe is told as just begun", () => {
  const words = text(renderReport(run));
  expect(words).toContain("Just begun: the starting model is not evaluated yet, and none of the 30 steps is taken.");
  expect(words).toContain("The model has not been evaluated yet.");
  expect(words).toContain("No steps have been taken yet.");
});

test("a task without a question and a measure that was not finite leave no NaN", () => {
  const before = evaluation("before");
  const empty = { ...before.tasks["rotation@1"], accuracy: null, n: 0, clusters: 0, formatError: null };
  put("eval/before.json", JSON.stringify({ ...before, tasks: { "rotation@1": empty } }));
  put("metrics.jsonl", metrics(0).replace(/"gradNorm":[^,]*/, '"gradNorm":null'));
  const page = renderReport(run);
  expect(page).not.toMatch(/NaN|Infinity/);
  expect(text(page)).toContain("no questions could be asked");
});

test("a run with a curriculum shows its shares and ladder, and when each task was solved", () => {
  finish();
  const lines = Array.from({ length: 30 }, (_, step) => {
    const record = JSON.parse(metrics(step)) as StepMetrics;
    const solved = { reward: 1, accuracy: step < 12 ? 0.5 : 0.99, n: 8 };
    const shares = { "rotation@1": 1 - step / 100, "position@1": step / 100 };
    const curriculum = { shares, ladder: { "position@1": step / 20 }, passRates: {} };
    return JSON.stringify({ ...record, curriculum, tasks: { ...record.tasks, "rotation@1": solved } });
  });
  put("metrics.jsonl", `${lines.join("\n")}\n`);
  put("recipe.yaml", stringify({ ...recipe, curriculum: { learnability: true, ladder: false } }));
  const words = text(renderReport(run));
  expect(words).toMatch(/First reached: rotation@1 at step 1[234]\. Not reached: position@1\./);
  expect(words).toContain("Share of the prompts rotation@1 100.0% → 71.0% position@1 0.0% → 29.0%");
  expect(words).toContain("Ladder of position@1 0 → 1.45");
  expect(words).toContain("Curriculum shares follow learnability");
  put("metrics.jsonl", metrics(0));
  expect(text(renderReport(run))).not.toMatch(/Ladder|Share of the prompts/);
});

test("a folder without a run, or with a broken file, is named in the error", () => {
  expect(() => renderReport(folder)).toThrow(/No run in .*: recipe.yaml is missing/);
  put("metrics.jsonl", `${metrics(0)}{broken\n${metrics(2)}`);
  expect(() => renderReport(run)).toThrow(/metrics\.jsonl, line 2 cannot be read/);
});

function put(name: string, content: string | Uint8Array): void {
  const file = join(run, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function finish(): void {
  for (const name of ["a-0", "a-1", "b-0"]) {
    put(`samples/images/${name}.png`, encodePng(new Image(8, 6, new Uint8Array(8 * 6 * 3).fill(90))));
  }
  put("metrics.jsonl", Array.from({ length: 30 }, (_, step) => metrics(step)).join(""));
  put("eval/before.json", JSON.stringify(evaluation("before")));
  put("eval/after.json", JSON.stringify(evaluation("after")));
  for (const step of [0, 10, 20, 29]) {
    put(`samples/step-${String(step).padStart(6, "0")}.jsonl`, `${JSON.stringify(sample(step, "rotation@1", "a"))}\n`);
  }
  const reason = "looks the same when turned by 180 degrees";
  put("skipped.json", JSON.stringify(["c.jpg", "d.jpg"].map((picture) => ({ picture, task: "rotation@1", reason }))));
}

function metrics(step: number): string {
  const accuracy = 0.25 + step / 60;
  const own = { reward: accuracy + 0.2, accuracy, n: 8 };
  const record: StepMetrics = {
    step,
    ...own,
    formatError: 0.1,
    truncated: 0,
    length: 9,
    entropy: 0.8,
    kl: 0,
    clipped: 0,
    zeroVariance: 0.2,
    loss: 0,
    gradNorm: 0.7,
    learningRate: 5e-4,
    curriculum: null,
    tasks: { "rotation@1": own, "position@1": own },
    machine: {
      seconds: 2,
      phases: { posing: 0.001, prompt: 0.399, sampling: 0.7, loss: 0.3, backward: 0.5, optimiser: 0.1 },
      tokensPerSecond: 72,
      peakBytes: 5e8 + step,
    },
  };
  return `${JSON.stringify(record)}\n`;
}

const right = { text: "<answer>90</answer>", given: "90", accuracy: 1, partial: 1, format: true, reward: 1.2 };
const wrong = { text: "<answer>180</answer>", given: "180", accuracy: 0, partial: 0, format: true, reward: 0.2 };
const broken = { text: hostile, given: null, accuracy: 0, partial: 0, format: false, reward: 0 };

function sample(step: number, task: string, picture: string, more: Partial<SampleRecord> = {}): SampleRecord {
  return {
    step,
    task,
    picture: `${picture}.jpg`,
    prompt: `Which?\n${hostile}`,
    images: [`samples/images/${picture}-0.png`, `samples/images/${picture}-1.png`],
    labels: [],
    target: "90",
    responses: [wrong, right, broken, wrong],
    ...more,
  };
}

function evaluation(name: "before" | "after"): EvaluationRecord {
  const score = (accuracy: number, low: number, high: number, chance: number): TaskScore => ({
    accuracy,
    low,
    high,
    n: 50,
    clusters: 40,
    chance,
    formatError: 0.1,
  });
  const before = name === "before";
  const step = before ? 0 : 30;
  return {
    step,
    source: "world, held out",
    tasks: {
      "rotation@1": before ? score(0.26, 0.159, 0.396, 0.25) : score(0.74, 0.604, 0.841, 0.25),
      "position@1": before ? score(0.1, 0.043, 0.214, 1 / 9) : score(0.12, 0.056, 0.238, 1 / 9),
    },
    samples: [
      sample(step, "rotation@1", "a", { images: ["samples/images/a-0.png"], responses: [before ? broken : right] }),
      sample(step, "position@1", "b", { target: "2/3", responses: [wrong] }),
    ],
  };
}

/** What a reader sees, without markup and with single blanks. */
function text(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replace(/<svg[\s\S]*?<\/svg>/g, "")
    .replace(/<\/?bdi>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .replaceAll(" :", ":");
}
