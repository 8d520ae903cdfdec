import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecordReader } from "./records.js";
import { type RemoteJob, RemoteRun } from "./remote-run.js";
import { recipeNamed } from "./test-recipe.js";

/** As job.py tells it: in pieces where it is long. */
function told(record: object, piece = 8000): string {
  const text = JSON.stringify(record);
  const pieces = text.match(new RegExp(`.{1,${piece}}`, "gs"))!;
  return pieces.map((part, i) => `@ssl4rl${i + 1 < pieces.length ? "+" : "="} ${part}\n`).join("");
}

const response = { text: "<answer>90</answer>", given: "90", accuracy: 1, partial: 1, format: true, reward: 1.1 };
const group = { task: "rotation@1", prompt: "By how many degrees?", target: "90", responses: [response] };

/** A step as verl 0.9.1's file logger has it, cut to what is read. */
function verlStep(step: number, more: object = {}) {
  const data = {
    "critic/score/mean": 0.6,
    "response_length/mean": 100,
    "response_length/clip_ratio": 0.05,
    "actor/entropy": 0.4,
    "actor/kl_loss": 0.01,
    "actor/pg_clipfrac": 0.02,
    "actor/loss": -0.1,
    "actor/grad_norm": 0.7,
    "actor/lr": 1e-6,
    "perf/time_per_step": 50,
    "timing_s/gen": 20,
    "timing_s/old_log_prob": 5,
    "timing_s/ref": 4,
    "timing_s/update_actor": 15,
  };
  const tasks = {
    "rotation@1": { n: 30, reward: 0.5, accuracy: 0.4, format: 0.9 },
    "jigsaw@1": { n: 10, reward: 0.9, accuracy: 0.8, format: 0.5 },
  };
  return { step, data, tasks, alike: 0.25, samples: [group], ...more };
}

describe("a run on a cluster", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ssl4rl-remote-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const job: RemoteJob = {
    cluster: "http://head:8265",
    id: "one",
    trainer: "verl",
    data: "/set",
    out: "/out",
    nodes: 1,
    gpusPerNode: 8,
    submitted: "2026-01-01T00:00:00Z",
  };
  const create = (name = "run", trainer: RemoteJob["trainer"] = "verl") =>
    RemoteRun.create(join(folder, name), recipeNamed("ssl4rl"), { ...job, trainer });
  const metricsOf = (run: RemoteRun) => run.folder.readMetrics() as unknown as Record<string, unknown>[];

  it("has verl's steps under the names of our metrics", () => {
    const run = create();
    run.take(told(verlStep(1)));
    const [metrics] = metricsOf(run);
    expect(metrics).toMatchObject({
      step: 0,
      reward: 0.6,
      accuracy: 0.5,
      truncated: 0.05,
      length: 100,
      entropy: 0.4,
      kl: 0.01,
      clipped: 0.02,
      zeroVariance: 0.25,
      loss: -0.1,
      gradNorm: 0.7,
      learningRate: 1e-6,
      tasks: { "rotation@1": { reward: 0.5, accuracy: 0.4, n: 30 }, "jigsaw@1": { n: 10 } },
      curriculum: null,
      machine: { seconds: 50, phases: { sampling: 20, loss: 9, backward: 15 }, tokensPerSecond: (100 * 512 * 5) / 50 },
    });
    expect(metrics.formatError).toBeCloseTo(0.2, 12);
  });

  it("has TRL's under them too; of the four updates of a step the first tells of it", () => {
    const run = create("trl", "trl");
    for (let update = 1; update <= 8; update++) {
      const learnt = { loss: 0.1, grad_norm: 2, learning_rate: 1e-6 };
      const sampled = { reward: 0.3, acc: 0.2, format: 0.9, frac_reward_zero_std: 0.5, entropy: 1, step_time: 10 };
      run.take(told({ step: update, data: update % 4 === 1 ? { ...learnt, ...sampled } : learnt }));
    }
    expect(metricsOf(run)).toMatchObject([
      { step: 0, reward: 0.3, accuracy: 0.2, zeroVariance: 0.5, kl: 0, gradNorm: 2 },
      { step: 1, reward: 0.3 },
    ]);
  });

  it("keeps sampled responses, and validations as evaluations before and after", () => {
    const run = create();
    const tasks = { "rotation@1": { n: 100, reward: 0.3, accuracy: 0.25, format: 1 } };
    run.take(told({ validation: 0, tasks, samples: [group] }));
    run.take(told(verlStep(1)) + told({ validation: 25, tasks, samples: [] }));
    run.take(
      told({ validation: 50, tasks: { "rotation@1": { ...tasks["rotation@1"], accuracy: 0.75 } }, samples: [] }),
    );
    expect(run.folder.readEvaluation("before")).toMatchObject({
      step: 0,
      tasks: { "rotation@1": { accuracy: 0.25, chance: 0.25, n: 100 } },
    });
    expect(run.folder.readEvaluation("after")).toMatchObject({ step: 50, tasks: { "rotation@1": { accuracy: 0.75 } } });
    const sample = JSON.parse(readFileSync(join(run.path, "samples/step-000000.jsonl"), "utf8"));
    expect(sample).toMatchObject({ step: 0, task: "rotation@1", target: "90", responses: [response] });
  });

  it("is the same wherever its reader was cut off, and whatever stands between the records", () => {
    const noise = "(TaskRunner pid=7) Training Progress:  3%|▎ | 1/30\n@ssl4rl= torn {\n";
    const log = [1, 2, 3].map((step) => noise + told(verlStep(step), 300)).join("");
    const whole = create("whole");
    whole.take(log);
    const lines = log.split(/(?<=\n)/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(lines.length), { maxLength: 4 }), fc.nat(), (cuts, salt) => {
        let run = create(`cut-${salt}-${cuts.join("-")}`);
        let at = 0;
        for (const cut of [...cuts.sort((a, b) => a - b), lines.length]) {
          run.take(lines.slice(at, cut).join(""));
          at = cut;
          run = RemoteRun.open(run.path);
          expect(run.logLength).toBe(lines.slice(0, at).join("").length);
        }
        expect(metricsOf(run)).toEqual(metricsOf(whole));
        rmSync(run.path, { recursive: true });
      }),
      { numRuns: 8 },
    );
  });

  it("says what is wrong with a folder that is none", () => {
    expect(() => RemoteRun.open(folder)).toThrow(/job\.json is missing/);
  });
});

describe("records", () => {
  it("are found behind what another process had begun to write", () => {
    const reader = new RecordReader();
    expect(reader.next('  50%|█████ | 1/2@ssl4rl+ {"trai')).toBeNull();
    expect(reader.next("something else")).toBeNull();
    expect(reader.next('@ssl4rl= ned":true}')).toEqual({ trained: true });
  });
});
