import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { StepMetrics } from "./grpo.js";
import { EventFile, record, scalarsOf } from "./tensorboard.js";

it("frames a record with its length and masked checksums", () => {
  // Written by tensorboard 2.21's RecordWriter.
  expect(record(Buffer.from("brain.Event:2")).toString("hex")).toBe(
    "0d000000000000003c37b834627261696e2e4576656e743a32ee01067c",
  );
});

it("writes the bytes that TensorBoard's own writer does", () => {
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-tensorboard-"));
  const now = Date.now;
  try {
    const file = join(folder, "events.out.tfevents.0001");
    Date.now = () => 1_700_000_000_500;
    new EventFile(file, 300).add(300, [
      ["train/reward", 0.25],
      ["tasks/rotation@1/accuracy", -1.5],
    ]);
    expect(readFileSync(file).toString("hex")).toBe(
      "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110100000000000000095fbfe180900002040fc54d94110ac023a020801b94512a34500000000000000ebe668b00900002040fc54d94110ac022a370a130a0c747261696e2f726577617264150000803e0a200a197461736b732f726f746174696f6e40312f6163637572616379150000c0bfcef792f2",
    );
  } finally {
    Date.now = now;
    rmSync(folder, { recursive: true });
  }
});

it("names every number of a step, those of objects by their path", () => {
  const metrics = {
    step: 7,
    reward: 0.5,
    gradNorm: 2,
    tasks: { "rotation@1": { accuracy: 0.25, n: 8 } },
    machine: { seconds: 3, phases: { sampling: 1 } },
  } as unknown as StepMetrics;
  expect(scalarsOf(metrics)).toEqual([
    ["train/reward", 0.5],
    ["train/grad_norm", 2],
    ["tasks/rotation@1/accuracy", 0.25],
    ["tasks/rotation@1/n", 8],
    ["machine/seconds", 3],
    ["machine/phases/sampling", 1],
  ]);
});
