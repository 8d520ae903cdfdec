import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseConfig } from "@ssl4rl/models";
import { describe, expect, it } from "vitest";
import { publishedConfig } from "./published-models.js";
import { fits, needOn, parameterCount, type SizingInput } from "./sizing.js";

const inputOf = (model: string, more: Partial<SizingInput> = {}): SizingInput => ({
  model: publishedConfig(model)!,
  prompts: 512,
  rollouts: 5,
  tokens: 3072,
  microBatchTokens: 16384,
  reference: true,
  gpuBytes: 80e9,
  samplerShare: 0.6,
  gpusPerNode: 8,
  ...more,
});

describe("sizing", () => {
  it("counts the parameters that a checkpoint has", () => {
    const folder = fileURLToPath(new URL("../../../checkpoints/tiny-vl/", import.meta.url));
    const file = readFileSync(`${folder}model.safetensors`);
    const head = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString()) as Record<
      string,
      { shape?: number[] }
    >;
    const stored = Object.values(head).reduce(
      (sum, { shape }) => sum + (shape ? shape.reduce((a, b) => a * b, 1) : 0),
      0,
    );
    expect(parameterCount(parseConfig(readFileSync(`${folder}config.json`, "utf8")))).toBe(stored);
  });

  it("knows the published models by the sizes on their model cards", () => {
    const billions = (size: string) => parameterCount(publishedConfig(`Qwen/Qwen2.5-VL-${size}-Instruct`)!) / 1e9;
    expect(billions("3B")).toBeCloseTo(3.75, 2);
    expect(billions("7B")).toBeCloseTo(8.29, 2);
    expect(billions("32B")).toBeCloseTo(33.45, 2);
    expect(billions("72B")).toBeCloseTo(73.41, 2);
    expect(publishedConfig("someone/else")).toBeNull();
  });

  it("shares out weights and rollouts, but not what a micro-batch keeps", () => {
    const input = inputOf("Qwen/Qwen2.5-VL-3B-Instruct");
    const [one, eight] = [needOn(1, input), needOn(8, input)];
    expect(eight.training).toBe(one.training / 8);
    expect(eight.rollouts).toBe(320);
    expect(eight.activations).toBe(one.activations);
    expect(eight.sequences).toBe(one.sequences);
    expect(needOn(16, input).host).toBe(eight.host / 2);
  });

  it("finds the papers' runs at home on 8 GPUs of 80 GB, a 3B model too large for one, and 72B for a whole model each", () => {
    for (const size of ["3B", "7B"]) {
      const input = inputOf(`Qwen/Qwen2.5-VL-${size}-Instruct`);
      expect(fits(needOn(8, input), input)).toBe(true);
      expect(fits(needOn(1, input), input)).toBe(false);
    }
    const large = inputOf("Qwen/Qwen2.5-VL-72B-Instruct");
    expect(needOn(64, large).sequences).toBe(0);
    expect(fits(needOn(64, large), large)).toBe(false);
  });
});
