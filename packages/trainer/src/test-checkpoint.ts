import { answerOnly, Image, Random, type Source } from "@ssl4rl/core";
import { type Checkpoint, createCheckpoint, trainByteBpe } from "@ssl4rl/models";
import { registry } from "@ssl4rl/tasks";

/** A model small enough to train in a test: two decoder layers, one vision block, fresh weights. */
export function testCheckpoint(): Checkpoint {
  const texts = registry
    .map((factory) => factory.create())
    .filter(({ needs }) => needs !== "graph")
    .flatMap(({ prompt }) => [prompt, answerOnly.instruction, answerOnly.wrap("90")]);
  return createCheckpoint({
    text: {
      hiddenSize: 32,
      intermediateSize: 48,
      layers: 2,
      heads: 2,
      kvHeads: 1,
      headDim: 16,
      rmsNormEps: 1e-6,
      ropeTheta: 10_000,
      mropeSection: [2, 3, 3],
    },
    vision: {
      depth: 1,
      hiddenSize: 32,
      intermediateSize: 48,
      heads: 2,
      outHiddenSize: 32,
      patchSize: 14,
      temporalPatchSize: 2,
      mergeSize: 2,
      windowSize: 112,
      inChannels: 3,
      fullAttentionBlocks: [0],
    },
    tied: true,
    tokenizer: trainByteBpe([...texts, ...texts], 400, ["<answer>", "</answer>"]),
    limits: { minPixels: 28 * 28, maxPixels: 56 * 56 },
    seed: 0,
  });
}

/** Pictures of smooth noise; those named in `flat` are uniform, which no task can use. */
export function noisePictures(count: number, flat: readonly number[] = []): Source {
  return {
    name: "noise",
    length: count,
    async get(index) {
      const random = Random.from("picture", index);
      const data = new Uint8Array(64 * 64 * 3);
      const phase = Array.from({ length: 6 }, () => random.uniform(0, 6));
      for (let i = 0; i < data.length; i++) {
        const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 192)];
        const wave = 60 * Math.sin(x / 9 + phase[i % 3]) + 50 * Math.cos(y / 17 + phase[3 + (i % 3)]);
        data[i] = flat.includes(index) ? 128 : 128 + wave;
      }
      return { id: `id-${index}`, name: `picture-${index}`, image: new Image(64, 64, data) };
    },
  };
}
