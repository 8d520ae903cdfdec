import { describe, expect, it } from "vitest";
import { imageTokens, visionFamilyNamed } from "./image-tokens.js";

const square = (side: number) => ({ width: side, height: side });

describe("image tokens", () => {
  const [qwen2, qwen3] = ["qwen2.5-vl", "qwen3-vl"].map(visionFamilyNamed);

  // 640 × 480 pixels become 644 × 476: 23 × 17 tokens.
  it.each([
    [{ width: 640, height: 480 }, 391],
    [{ width: 800, height: 600 }, 609],
    [{ width: 1024, height: 768 }, 999],
    [square(504), 324],
    [square(28), 4],
  ])("of %j are %i for Qwen2.5-VL, and two marks", (image, tokens) => {
    expect(imageTokens([image], qwen2)).toBe(tokens + 2);
  });

  it("are those of all pictures together", () => {
    expect(imageTokens([square(168), square(168), square(504)], qwen2)).toBe(36 + 36 + 324 + 6);
    expect(imageTokens([], qwen2)).toBe(0);
  });

  it("follow the limits: Qwen3-VL enlarges a tile to 256 × 256 pixels, and a lower ceiling shrinks a photo", () => {
    expect(imageTokens([square(168)], qwen3)).toBe(64 + 2);
    expect(imageTokens([square(504)], { ...qwen2, maxPixels: 112 * 112 })).toBe(16 + 2);
  });
});
