import { type Corruption, type Image, isSkip, meanDifference, Random, resize } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { patchFlip } from "./patch-flip.js";
import { asPicture, checkerboard, flat, paint, texture } from "./test-picture.js";

const image = texture(1, 230, 230);
const { answers } = patchFlip.create();
const all = Array.from({ length: 8 }, (_, i) => answers.at(i));

function pose(answer: string, picture = image, seed = 0, size = 224): Corruption {
  const corruption = patchFlip.create({ size }).corrupt(asPicture(picture), answer, Random.from("flip", seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption;
}

const quarter = (picture: Image, i: number) => {
  const [width, height] = [picture.width / 2, picture.height / 2];
  return picture.crop((i % 2) * width, (i >> 1) * height, width, height);
};

/** Turned over by another way than the task's: pixel by pixel. */
const mirrored = (picture: Image, direction: string) =>
  paint(picture.width, picture.height, (x, y) => {
    const [fromX, fromY] = direction === "0" ? [x, picture.height - 1 - y] : [picture.width - 1 - x, y];
    const at = (fromY * picture.width + fromX) * 3;
    return [...picture.data.subarray(at, at + 3)];
  });

/** A picture's middle, clear of frame and number however it is flipped. */
const middle = (picture: Image) => {
  const [x, y] = [picture.width >> 2, picture.height >> 2];
  return picture.crop(x, y, picture.width - 2 * x, picture.height - 2 * y);
};

describe("undoing the flip", () => {
  it("by the true answer restores the picture exactly, by any other does not: vertical is 0, horizontal is 1 (row 31)", () => {
    for (const [seed, truth] of all.entries()) {
      const { images, drawn } = pose(truth, image, seed);
      const [x, y, w, h] = drawn!.window as number[];
      const whole = resize(image.crop(x, y, w, h), images[0].width, images[0].height);
      for (const tried of all) {
        const [patch, direction] = tried.split("-");
        const differences = [0, 1, 2, 3].map((i) => {
          const shown = quarter(images[0], i);
          const undone = i === Number(patch) ? mirrored(shown, direction) : shown;
          return meanDifference(middle(undone), middle(quarter(whole, i)));
        });
        if (tried === truth) expect(differences).toEqual([0, 0, 0, 0]);
        else expect(Math.max(...differences)).toBeGreaterThan(4);
      }
    }
  });

  it("stands the red top of a patch on its head when vertical", () => {
    const redAbove = paint(224, 224, (x, y) => (y % 112 < 56 ? [220, 30, x / 2] : [30, 30, 255 - x / 2]));
    const red = (picture: Image) =>
      picture.data[((picture.height - 12) * picture.width + (picture.width >> 1)) * 3] > 128;
    const shown = pose("2-0", redAbove).images[0];
    expect([0, 1, 2, 3].map((i) => red(quarter(shown, i)))).toEqual([false, false, true, false]);
  });

  it("keeps numbers upright and frames whole, whatever was flipped", () => {
    const frames = all.map((answer) => {
      const [shown] = pose(answer).images;
      const side = shown.width / 2;
      return [0, 1, 2, 3].map((i) => {
        const { data, width } = quarter(shown, i);
        const white = [...data.keys()].filter((at) => at % 3 === 0 && data[at] + data[at + 1] + data[at + 2] === 765);
        const spots = white.map((at) => [(at / 3) % width, Math.floor(at / 3 / width)]);
        for (const [x, y] of spots) expect(Math.max(x, y)).toBeLessThan(side / 3);
        return String(spots);
      });
    });
    for (const spots of frames) expect(spots).toEqual(frames[0]);
    expect(new Set(frames[0]).size).toBe(4);
  });
});

describe("what could give the answer away", () => {
  it("is not the sharpness of the flipped patch: its pixels are those of the picture, moved", () => {
    const sorted = (picture: Image) => Buffer.from(middle(picture).data.toSorted()).toString("base64");
    const upright = pose("0-0").images[0];
    const flipped = pose("3-1").images[0];
    expect(sorted(quarter(flipped, 3))).toBe(sorted(quarter(upright, 3)));
  });

  it("is not the size", () => {
    const wide = texture(2, 330, 200);
    const sizes = all.map((answer, seed) => pose(answer, wide, seed).images.map((one) => `${one.width}x${one.height}`));
    expect(new Set(sizes.map(String)).size).toBe(1);
  });
});

describe("what cannot be told (row 30)", () => {
  const ask = (picture: Image, answer: string) => {
    const made = patchFlip.create().corrupt(asPicture(picture), answer, Random.from(1), []);
    return isSkip(made) ? made.skip : null;
  };

  it("is skipped: one colour, a checkerboard, a small picture", () => {
    expect(ask(flat(200, 200), "1-0")).toBe("patch 1 looks the same when flipped");
    expect(ask(checkerboard(240, 10), "1-0")).toBe("patch 1 looks the same when flipped");
    expect(ask(texture(3, 55, 90), "1-0")).toBe("55x90 px is too small for 2x2 tiles of 28 px");
  });

  it("is skipped: a patch that is its own mirror image, in that direction only", () => {
    const columns = paint(224, 224, (x, y) => [40 + 150 * ((x % 112) / 112) ** 2, 90, (y >> 4) % 2 ? 90 : 94]);
    expect(ask(columns, "0-0")).toBe("patch 0 looks the same when flipped");
    expect(ask(columns, "0-1")).toBeNull();
  });

  it("is skipped: a patch that half a turn leaves as it is, for both flips of it look the same", () => {
    const diagonal = paint(224, 224, (x, y) => new Array(3).fill(128 + 90 * Math.sin(((x % 112) + (y % 112)) / 9)));
    for (const answer of ["0-0", "0-1"]) {
      expect(ask(diagonal, answer)).toBe("patch 0 looks the same flipped vertically and horizontally");
    }
  });

  it("is asked of the patches of that picture that can be told", () => {
    const half = paint(224, 224, (x, y) => {
      const at = (y * 230 + x) * 3;
      return x < 118 ? [90, 90, 90] : [...image.data.subarray(at, at + 3)];
    });
    expect(ask(half, "0-0")).toBe("patch 0 looks the same when flipped");
    expect(ask(half, "1-0")).toBeNull();
  });
});
