import { type Image, isSkip, meanDifference, Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { rotation } from "./rotation.js";
import { asPicture, checkerboard, fourfold, paint, texture } from "./test-picture.js";

/** [reference, turned], turned by `degrees`. */
function turnedPair(image: Image, degrees: number, options: Record<string, unknown>, seed = 0): readonly Image[] {
  const corruption = rotation.create(options).corrupt(asPicture(image), String(degrees), Random.from("turn", seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption.images;
}

const multiples = (step: number) => Array.from({ length: 360 / step }, (_, i) => i * step);

/** The smallest mean difference of two pictures where they overlap, over all shifts up to `most` pixels. */
function bestShift(a: Image, b: Image, most: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let dy = -most; dy <= most; dy++) {
    for (let dx = -most; dx <= most; dx++) {
      const [width, height] = [a.width - Math.abs(dx), a.height - Math.abs(dy)];
      const left = a.crop(Math.max(0, dx), Math.max(0, dy), width, height);
      const right = b.crop(Math.max(0, -dx), Math.max(0, -dy), width, height);
      best = Math.min(best, meanDifference(left, right));
    }
  }
  return best;
}

/** Turns clockwise about the centre by bilinear sampling: a second way back, for the disc that stays inside. */
function turnedBack(image: Image, degrees: number): Image {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const centre = (image.width - 1) / 2;
  const last = image.width - 2;
  return paint(image.width, image.height, (x, y) => {
    const sx = centre + (x - centre) * cos + (y - centre) * sin;
    const sy = centre - (x - centre) * sin + (y - centre) * cos;
    const [left, top] = [sx, sy].map((s) => Math.min(last, Math.max(0, Math.floor(s))));
    const [u, v] = [sx - left, sy - top];
    return [0, 1, 2].map((c) => {
      const at = (dx: number, dy: number) => image.data[((top + dy) * image.width + left + dx) * 3 + c];
      return (1 - v) * ((1 - u) * at(0, 0) + u * at(1, 0)) + v * ((1 - u) * at(0, 1) + u * at(1, 1));
    });
  });
}

/** Mean difference inside the circle that touches the sides. */
function discDifference(a: Image, b: Image): number {
  const radius = a.width / 2;
  const disc = (image: Image) =>
    paint(image.width, image.height, (x, y) => {
      const at = (y * image.width + x) * 3;
      return Math.hypot(x + 0.5 - radius, y + 0.5 - radius) < radius - 2
        ? [...image.data.subarray(at, at + 3)]
        : [0, 0, 0];
    });
  return (meanDifference(disc(a), disc(b)) * 4) / Math.PI;
}

/** Mean colour of a rectangle given in shares of the sides. */
function meanColour(image: Image, left: number, top: number, right: number, bottom: number): number[] {
  const [x, y] = [Math.ceil(left * image.width), Math.ceil(top * image.height)];
  const part = image.crop(x, y, Math.floor(right * image.width) - x, Math.floor(bottom * image.height) - y);
  const sum = [0, 0, 0];
  for (const [i, value] of part.data.entries()) sum[i % 3] += value;
  return sum.map((total) => Math.round(total / (part.width * part.height)));
}

describe("undoing the turn", () => {
  // 119 pixels make a window of 112: the resampler has nothing to do and shifts are whole pixels.
  it.each(multiples(90))(
    "by the true %i degrees restores the reference exactly, up to the windows' shift",
    (degrees) => {
      for (const seed of [1, 2]) {
        const [reference, turned] = turnedPair(texture(seed, 119, 119), degrees, { size: 112 }, seed);
        for (const tried of multiples(90)) {
          const difference = bestShift(reference, turned.quarterTurns(-tried / 90), 7);
          if (tried === degrees) expect(difference).toBe(0);
          else expect(difference).toBeGreaterThan(8);
        }
      }
    },
  );

  it.each(multiples(45))("by the true %i degrees restores the reference within the disc, in steps of 45", (degrees) => {
    const [reference, turned] = turnedPair(texture(3, 200, 160, 24), degrees, { step: 45, size: 84 });
    for (const tried of multiples(45)) {
      const difference = discDifference(reference, turnedBack(turned, tried));
      if (tried === degrees) expect(difference).toBeLessThan(3);
      else expect(difference).toBeGreaterThan(8);
    }
  });
});

describe("the direction", () => {
  const red = [220, 30, 30];
  const blue = [30, 30, 220];
  const redAbove = paint(160, 160, (_, y) => (y < 80 ? red : blue));

  it.each([90, 45])("is counter-clockwise by default: the red top comes to the left, in steps of %i", (step) => {
    const [reference, turned] = turnedPair(redAbove, 90, { step, size: 84 });
    expect(meanColour(reference, 0, 0, 1, 0.4)).toEqual(red);
    expect(meanColour(turned, 0, 0, 0.4, 1)).toEqual(red);
    expect(meanColour(turned, 0.6, 0, 1, 1)).toEqual(blue);
  });

  it("brings the red top to the upper left corner at 45 degrees", () => {
    const [, turned] = turnedPair(redAbove, 45, { step: 45, size: 84 });
    expect(meanColour(turned, 0, 0, 0.4, 0.4)).toEqual(red);
    expect(meanColour(turned, 0.6, 0.6, 1, 1)).toEqual(blue);
  });

  it.each([90, 45])("is mirrored when clockwise: a is 360 - a, in steps of %i", (step) => {
    const picture = texture(4, 130, 130);
    for (const degrees of multiples(step)) {
      const clockwise = turnedPair(picture, degrees, { step, direction: "clockwise", size: 56 });
      expect(clockwise).toEqual(turnedPair(picture, (360 - degrees) % 360, { step, size: 56 }));
    }
  });

  it("stands in the prompt", () => {
    expect(rotation.create().prompt).toContain("turned counter-clockwise by a multiple of 90 degrees");
    expect(rotation.create({ direction: "clockwise", step: 45 }).prompt).toContain(
      "turned clockwise by a multiple of 45",
    );
    expect(rotation.create({ step: 45 }).prompt).toContain("0, 45, 90, 135, 180, 225, 270 or 315");
  });
});

describe("what could give the answer away", () => {
  const border = (image: Image) => {
    const last = image.width - 1;
    let sum = 0;
    for (let i = 0; i < image.width; i++) {
      for (const [x, y] of [
        [i, 0],
        [i, last],
        [0, i],
        [last, i],
      ])
        sum += image.data[(y * image.width + x) * 3 + 1];
    }
    return sum / (4 * image.width);
  };

  const sharpness = (image: Image) => {
    const w = image.width;
    const at = (x: number, y: number) => image.data[(y * w + x) * 3 + 1];
    let sum = 0;
    for (let y = 1; y < image.height - 1; y++) {
      for (let x = 1; x < w - 1; x++) {
        sum += Math.abs(4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1));
      }
    }
    return sum / ((w - 2) * (image.height - 2));
  };

  it("pads nothing: a picture without dark pixels stays without them at every angle", () => {
    for (const [seed, width, height] of [
      [5, 160, 160],
      [6, 301, 90],
      [7, 28, 40],
    ]) {
      for (const degrees of multiples(45)) {
        const images = turnedPair(texture(seed, width, height), degrees, { step: 45, size: 56 });
        for (const { data } of images) expect(data.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(50);
      }
    }
  });

  it.each([90, 45])("gives reference and turned picture different bytes at 0 degrees, in steps of %i", (step) => {
    for (const seed of [1, 2, 3]) {
      const [reference, turned] = turnedPair(texture(seed, 160, 160), 0, { step, size: 56 }, seed);
      expect(meanDifference(reference, turned)).toBeGreaterThan(0);
    }
  });

  it.each([90, 45])(
    "is neither the border's brightness nor the sharpness of the turned picture, in steps of %i",
    (step) => {
      const pictures = Array.from({ length: 20 }, (_, i) => texture(100 + i, 100, 100, 5));
      for (const degrees of multiples(step)) {
        const pairs = pictures.map((picture, i) => turnedPair(picture, degrees, { step, size: 56 }, i * 360 + degrees));
        for (const measure of [border, sharpness]) {
          const values = pairs.map(([reference, turned]) => Math.log(measure(turned) / measure(reference)));
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
          // The reference, drawn the same way, says as much: the mean of each angle is 0 but for noise.
          expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / values.length));
        }
      }
    },
  );
});

describe("what cannot be told", () => {
  it.each([90, 45])("is skipped when all four quarter turns look the same, in steps of %i", (step) => {
    for (const side of [128, 201]) {
      for (const degrees of [0, 90]) {
        const corruption = rotation
          .create({ step, size: 56 })
          .corrupt(asPicture(fourfold(8, side)), String(degrees), Random.from(8), []);
        expect(corruption).toEqual({ skip: "looks the same when turned by 90 degrees" });
      }
    }
  });

  it.each([
    [256, 8],
    [250, 10],
    [243, 27],
  ])("is skipped on a checkerboard of %i pixels with squares of %i", (side, cell) => {
    for (const step of [90, 45]) {
      const corruption = rotation
        .create({ step })
        .corrupt(asPicture(checkerboard(side, cell)), "90", Random.from(1), []);
      expect(isSkip(corruption)).toBe(true);
    }
  });

  it("is skipped when half a turn looks the same", () => {
    const waves = texture(9, 160, 160);
    const half = waves.quarterTurns(2);
    const both = paint(160, 160, (x, y) =>
      [0, 1, 2].map((c) => (waves.data[(y * 160 + x) * 3 + c] + half.data[(y * 160 + x) * 3 + c]) / 2),
    );
    expect(rotation.create().corrupt(asPicture(both), "90", Random.from(1), [])).toEqual({
      skip: "looks the same when turned by 180 degrees",
    });
  });

  it("is skipped when the symmetry is hidden by the windows' shift: its centre lies a few pixels off", () => {
    const shifted = fourfold(10, 170).crop(4, 0, 160, 160);
    expect(isSkip(rotation.create().corrupt(asPicture(shifted), "0", Random.from(1), []))).toBe(true);
  });

  it("is asked when only the corners that 45 degrees cut off are alike", () => {
    const framed = paint(160, 160, (x, y) =>
      Math.max(Math.abs(x - 79.5), Math.abs(y - 79.5)) > 60 ? [99, 99, 99] : [x, y, 90],
    );
    expect(isSkip(rotation.create({ step: 45, size: 56 }).corrupt(asPicture(framed), "45", Random.from(1), []))).toBe(
      false,
    );
  });

  it("is skipped when only the corners that 45 degrees cut off differ", () => {
    const corner = paint(160, 160, (x, y) => (x < 20 && y < 20 ? [250, 0, 0] : [120, 120, 120]));
    expect(isSkip(rotation.create({ step: 45, size: 56 }).corrupt(asPicture(corner), "45", Random.from(1), []))).toBe(
      true,
    );
  });
});
