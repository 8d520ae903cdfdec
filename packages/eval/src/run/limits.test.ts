import { Image, resize } from "@ssl4rl/core";
import { defaultProcessor, ImageProcessor } from "@ssl4rl/models";
import { describe, expect, it } from "vitest";
import { protocolNamed } from "../benchmark.js";
import { benchmarkNamed } from "../benchmarks/registry.js";
import { describeLimits, fitPicture, limitsOf } from "./limits.js";

const qwen = { minPixels: 3136, maxPixels: 12_845_056 };
const tiny = { minPixels: 784, maxPixels: 13_328 };
const generation = (benchmark: string, protocol?: string) =>
  protocolNamed(benchmarkNamed(benchmark), protocol).generation!;

describe("limits", () => {
  it.each([
    ["mmbench-dev-en", "ssl4rl", { maxTokens: 2048, minPixels: 35_840, maxPixels: 12_845_056 }],
    ["mmbench-dev-en", "vlmevalkit", { maxTokens: 2048, minPixels: 1_003_520, maxPixels: 12_845_056 }],
    ["mmbench-dev-en", "lmms-eval", { maxTokens: 1024, minPixels: 200_704, maxPixels: 1_605_632 }],
    ["vstar", "lmms-eval", { maxTokens: 16, minPixels: 200_704, maxPixels: 1_605_632 }],
    ["mmvp", "visual-jigsaw", { maxTokens: 1024, minPixels: 3136, maxPixels: 12_845_056, maxPixelsOf: "prompt" }],
  ])("of %s asked as %s are its project's, for Qwen2.5-VL", (benchmark, protocol, expected) => {
    expect(describeLimits(limitsOf(qwen, generation(benchmark, protocol), {}))).toEqual(expected);
  });

  it("narrow a model's own area, and leave it where the two have nothing in common", () => {
    const ssl4rl = generation("mmbench-dev-en", "ssl4rl");
    expect(limitsOf({ minPixels: 3136, maxPixels: 1_003_520 }, ssl4rl, {}).area).toMatchObject({
      minPixels: 35_840,
      maxPixels: 1_003_520,
    });
    expect(limitsOf(tiny, ssl4rl, {}).area).toMatchObject(tiny);
  });

  it("give way to flags, one by one", () => {
    const ssl4rl = generation("mmbench-dev-en", "ssl4rl");
    expect(limitsOf(qwen, ssl4rl, { maxTokens: 7, maxPixels: 50_176 })).toEqual({
      maxTokens: 7,
      area: { minPixels: 3136, maxPixels: 50_176, of: "picture" },
    });
    expect(limitsOf(tiny, {}, {})).toEqual({ maxTokens: 1024, area: { ...tiny, of: "picture" } });
  });

  it("leave pictures to a server unless flags say otherwise", () => {
    const ssl4rl = generation("mmbench-dev-en", "ssl4rl");
    expect(limitsOf(null, ssl4rl, {})).toEqual({ maxTokens: 2048, area: null });
    expect(limitsOf(null, ssl4rl, { minPixels: 50_176 }).area).toEqual({
      minPixels: 50_176,
      maxPixels: 12_845_056,
      of: "picture",
    });
  });
});

describe("fitPicture", () => {
  const picture = (width: number, height: number) =>
    new Image(
      width,
      height,
      Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 31) % 256),
    );

  it("gives the size that a checkpoint with these limits makes of a picture, so that it is resampled once", () => {
    const processor = new ImageProcessor(defaultProcessor(tiny));
    const image = picture(301, 177);
    const fitted = fitPicture(image, { ...tiny, of: "picture" }, 1);
    const { height, width } = processor.grid(image);
    expect(fitted.data).toEqual(resize(image, width * 14, height * 14).data);
    expect(processor.process([fitted]).data).toEqual(processor.process([image]).data);
  });

  it("shares the upper limit among the pictures of a prompt where the protocol does", () => {
    const area = { minPixels: 784, maxPixels: 112 * 112, of: "prompt" } as const;
    const side = (pictures: number) => fitPicture(picture(200, 200), area, pictures).width;
    expect([side(1), side(4)]).toEqual([112, 56]);
    expect(fitPicture(picture(200, 200), { ...area, of: "picture" }, 4).width).toBe(112);
  });
});
