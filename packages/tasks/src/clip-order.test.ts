import { type Image, isSkip, Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { clipOrder } from "./clip-order.js";
import { asPicture, flat, paint, texture } from "./test-picture.js";

/** A video of which every frame says its number: by the brightness of its left and of its right half. */
function counting(length: number, width = 64, height = 48): Image[] {
  return Array.from({ length }, (_, i) =>
    paint(width, height, (x) => new Array(3).fill(x < width / 2 ? 8 * (i % 16) + 60 : 8 * Math.floor(i / 16) + 60)),
  );
}

function numberOf({ width, height, data }: Image): number {
  const at = (x: number) => Math.round((data[((height >> 1) * width + x) * 3] - 60) / 8);
  return at(4) + 16 * at(width - 5);
}

function shuffled(frames: readonly Image[], answer: readonly number[], options: Record<string, unknown>, seed = 0) {
  const task = clipOrder.create({ clips: answer.length, size: 56, ...options });
  return task.corrupt({ ...asPicture(frames[0]), frames }, answer, Random.from("clips", seed), []);
}

function posed(...given: Parameters<typeof shuffled>) {
  const corruption = shuffled(...given);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption;
}

describe("the clips", () => {
  it.each([
    { length: 137, answer: [3, 1, 6, 2, 5, 4], framesPerClip: 2 },
    { length: 200, answer: [2, 3, 1], framesPerClip: 3 },
    { length: 17, answer: [2, 1, 4, 3], framesPerClip: 1 },
    { length: 96, answer: [8, 7, 6, 5, 4, 3, 2, 1], framesPerClip: 4 },
  ])(
    "stand in the video's order when put in the true one: $answer of $length frames",
    ({ length, answer, framesPerClip }) => {
      const { images, labels, drawn } = posed(counting(length), answer, { framesPerClip });
      const numbers = images.map(numberOf);
      const clip = (shown: number) => numbers.slice((shown - 1) * framesPerClip, shown * framesPerClip);
      const inOrder = answer.flatMap(clip);
      expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
      expect(inOrder).toEqual((drawn!.frames as number[][]).flat());
      const wrong = [answer[1], answer[0], ...answer.slice(2)].flatMap(clip);
      expect(wrong).not.toEqual(inOrder);
      expect(labels?.at(-1)).toBe(
        framesPerClip === 1 ? `Clip ${answer.length}:` : `Clip ${answer.length}, frame ${framesPerClip}:`,
      );
      expect(labels).toHaveLength(images.length);
    },
  );

  it.each([
    // 137 mod 60 frames are dropped; of clips of 20 frames one goes at each end.
    { length: 137, clips: 6, dropped: 17, clip: 20, trimmed: 1 },
    { length: 210, clips: 5, dropped: 10, clip: 40, trimmed: 2 },
    // Fewer than 10 K: as few as make the rest divisible.
    { length: 59, clips: 6, dropped: 5, clip: 9, trimmed: 0 },
  ])(
    "lie between $trimmed frames cut off each end of $clip, after the $dropped dropped ones",
    ({ length, clips, ...wanted }) => {
      const answer = Array.from({ length: clips }, (_, i) => i + 1);
      const seen = new Set<number>();
      for (let seed = 0; seed < 60; seed++) {
        const frames = posed(counting(length), answer, { framesPerClip: 1, size: 56 }, seed).drawn
          ?.frames as number[][];
        for (const [i, [frame]] of frames.entries()) seen.add(frame - wanted.dropped - i * wanted.clip);
      }
      expect(Math.min(...seen)).toBe(wanted.trimmed);
      expect(Math.max(...seen)).toBe(wanted.clip - wanted.trimmed - 1);
    },
  );

  it("are sampled at one phase, evenly: the distance of frames says nothing of a clip's place", () => {
    const frames = posed(counting(240), [1, 2, 3, 4], { framesPerClip: 3 }).drawn!.frames as number[][];
    const steps = frames.map(([a, b, c]) => [b - a, c - b]);
    expect(new Set(steps.map(String)).size).toBe(1);
    expect(new Set(frames.map(([first], i) => first - 60 * i)).size).toBe(1);
  });

  it("come in one size", () => {
    const { images } = posed(counting(64, 90, 50), [1, 3, 2, 4], {});
    expect(new Set(images.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
  });
});

describe("what cannot be told", () => {
  const noisy = Array.from({ length: 120 }, (_, i) => {
    const random = Random.from("noise", i);
    const scene = texture(1, 64, 48);
    return paint(64, 48, (x, y) => [0, 1, 2].map((c) => scene.data[(y * 64 + x) * 3 + c] + 6 * random.normal()));
  });

  it("is skipped when nothing moves but the camera's noise", () => {
    expect(shuffled(noisy, [2, 1, 3], {})).toEqual({ skip: "clips 1 and 2 of 3 look alike" });
  });

  it("is skipped when the video comes back to where it was", () => {
    const there = counting(60);
    const loop = [...there.slice(0, 20), ...there.slice(20, 40), ...there.slice(0, 20)];
    expect(shuffled(loop, [2, 1, 3], {})).toEqual({ skip: "clips 1 and 3 of 3 look alike" });
  });

  it("is asked when only a small thing moves", () => {
    const moving = noisy.map((frame, i) =>
      paint(64, 48, (x, y) =>
        Math.hypot(x - 8 - i / 2.5, y - 24) < 3
          ? [250, 20, 20]
          : [...frame.data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3)],
      ),
    );
    expect(isSkip(shuffled(moving, [2, 1, 3], {}))).toBe(false);
  });

  it("is skipped when there are too few frames, or none", () => {
    expect(shuffled(counting(11), [1, 2, 3, 4, 5, 6], {})).toEqual({ skip: "11 frames are too few for 6 clips of 2" });
    const none = clipOrder.create().corrupt(asPicture(flat(60, 60)), [1, 2, 3, 4, 5, 6], Random.from(1), []);
    expect(none).toEqual({ skip: "0 frames are too few for 6 clips of 2" });
  });
});
