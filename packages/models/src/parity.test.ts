import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadCheckpoint } from "./checkpoint-folder.js";
import { goldenImage } from "./golden.js";
import { modelByFormula } from "./golden-model.js";
import { ImageProcessor, parseProcessor } from "./image-processor.js";
import { type Digest, parityArrays, parityGreedy, readParity } from "./parity.js";

// The numbers are those of transformers; `npm run check:peers` compares all of them, these are some.
const { models, pixels, prompts } = readParity();

const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

/** Largest difference of the sampled numbers, and the difference of the norms. */
function differences(found: Float32Array, [expected, ...samples]: Digest): { each: number; norm: number } {
  const last = samples.length - 1;
  const each = samples.map((value, i) => Math.abs(found[Math.floor((i * (found.length - 1)) / last)] - value));
  return { each: Math.max(...each), norm: Math.abs(norm(found) - expected) };
}

describe.each(models)("a model like transformers' ($name)", ({ digests, greedy, ...given }) => {
  const model = modelByFormula(given.config);
  const found = parityArrays(model, given);
  const gradients = Object.entries(digests).filter(([name]) => name.startsWith("gradient"));
  const others = Object.entries(digests).filter(([name]) => !name.startsWith("gradient"));

  test("gives every array that it gives", () => {
    expect([...found.keys()].sort()).toEqual(Object.keys(digests).sort());
  });

  test.each(others)("%s", (name, digest) => {
    const difference = differences(found.get(name)!, digest);
    expect(difference.each).toBeLessThan(name.startsWith("attention") ? 1e-5 : 1e-4);
    expect(difference.norm / digest[0]).toBeLessThan(1e-5);
  });

  test("gradients", () => {
    // Biases of keys have nearly none, by symmetry: only what is computed before the difference rounds.
    const floor = 1e-3 * norm(gradients.map(([, [size]]) => size));
    for (const [name, digest] of gradients) {
      const difference = differences(found.get(name)!, digest);
      expect(Math.max(difference.each, difference.norm) / Math.max(digest[0], floor), name).toBeLessThan(1e-3);
    }
  });

  test("greedy tokens", () => {
    expect(parityGreedy(model, given)).toEqual(greedy);
  });
});

test.each(pixels)(
  "pictures of $sizes become the pixels of its Pillow processor",
  ({ processor, sizes, grids, hash }) => {
    const images = sizes.map(([height, width]) => goldenImage(height, width));
    const found = new ImageProcessor(parseProcessor(JSON.stringify(processor))).process(images);
    expect(found.grids).toEqual(grids.map(([height, width]) => ({ height, width })));
    const bytes = new Uint8Array(found.data.buffer, found.data.byteOffset, found.data.byteLength);
    expect(createHash("sha256").update(bytes).digest("hex").slice(0, 16)).toBe(hash);
  },
);

describe("checkpoints/tiny-vl", () => {
  const checkpoint = loadCheckpoint(fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url)));

  // A checkpoint made anew has other tokens: write the fixture again, as scripts/peers/write_parity.py says.
  test.each(prompts)("has the tokens of its tokenizer and template for $text", ({ text, labels, sizes, ids }) => {
    const images = sizes.map(([height, width]) => goldenImage(height, width));
    expect(checkpoint.prepare([{ text, labels, images }]).prompts[0].ids).toEqual(ids);
  });
});
