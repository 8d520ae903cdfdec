import { type Corruption, type Image, isSkip, meanDifference, Random, resize } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { inpainting } from "./inpainting.js";
import { matchColors } from "./match-color.js";
import { Overlay } from "./overlay.js";
import { sameFrame } from "./same-frame.js";
import { asPicture, checkerboard, flat, paint, texture } from "./test-picture.js";

const letters = ["A", "B", "C", "D"] as const;
const sources = [texture(1, 300, 200), texture(2, 180, 240), texture(3, 220, 220), texture(4, 300, 190)];
const others = sources.slice(1).map((image, i) => asPicture(image, `other ${i}`));

type Hole = readonly [x: number, y: number, width: number, height: number];
type Made = Corruption & { readonly drawn: { readonly hole: Hole } };

function made(
  image: Image,
  answer: (typeof letters)[number],
  seed: number,
  options: object = {},
  beside = others,
): Made {
  const corruption = inpainting
    .create({ size: 168, ...options })
    .corrupt(asPicture(image, `picture ${seed}`), answer, Random.from(seed), beside);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption as unknown as Made;
}

/** Mean step over the hole's edge once a region is pasted into it. */
function seam(picture: Image, region: Image, [x, y, width, height]: Hole): number {
  const { data } = new Overlay(picture).paste(region, x, y).toImage();
  const steps: number[] = [];
  const step = (x1: number, y1: number, x2: number, y2: number) => {
    if (Math.min(x1, y1) < 0 || x1 >= picture.width || y1 >= picture.height) return;
    for (let c = 0; c < 3; c++) {
      steps.push(Math.abs(data[(y1 * picture.width + x1) * 3 + c] - data[(y2 * picture.width + x2) * 3 + c]));
    }
  };
  for (let i = 0; i < width; i++) {
    step(x + i, y - 1, x + i, y);
    step(x + i, y + height, x + i, y + height - 1);
  }
  for (let i = 0; i < height; i++) {
    step(x - 1, y + i, x, y + i);
    step(x + width, y + i, x + width - 1, y + i);
  }
  return steps.reduce((sum, value) => sum + value, 0) / steps.length;
}

describe("the true region", () => {
  it.each(letters)("%s closes the hole and no other does", (answer) => {
    for (const share of [0.25, 0.5]) {
      const { images, drawn } = made(sources[0], answer, 1, { share });
      const [picture, ...regions] = images;
      const seams = regions.map((region) => seam(picture, region, drawn.hole));
      const best = letters[seams.indexOf(Math.min(...seams))];
      expect(best).toBe(answer);
      const [least, next] = seams.toSorted((a, b) => a - b);
      expect(least).toBeLessThan(0.6 * next);
    }
  });

  it("restores the picture, recoloured as its region was, to the grain", () => {
    for (const [i, answer] of letters.entries()) {
      const { images, drawn } = made(sources[0], answer, 2);
      const { width, height } = images[0];
      const restored = new Overlay(images[0]).paste(images[1 + i], drawn.hole[0], drawn.hole[1]).toImage();
      const frames = sameFrame([sources[0], ...others.map(({ image }) => image)], width, height);
      const whole = frames.map((frame) => resize(frame, width, height));
      const [recolor] = matchColors(whole.map((image) => image.crop(...drawn.hole)));
      // Two grains of a grey level, either of them stretched by 2 at most.
      expect(meanDifference(restored, recolor(whole[0], Random.from(0)))).toBeLessThan(2);
      const shifted = recolor(whole[0], Random.from(0)).crop(4, 0, width - 4, height);
      expect(meanDifference(restored.crop(0, 0, width - 4, height), shifted)).toBeGreaterThan(4);
    }
  });
});

describe("the hole", () => {
  it.each([0.25, 0.5])("has about %d of the area, whole tokens for sides, and one grey", (share) => {
    for (let seed = 0; seed < 8; seed++) {
      const { images, drawn } = made(sources[0], "A", seed, { share, size: 224 });
      const [x, y, width, height] = drawn.hole;
      expect([width % 28, height % 28]).toEqual([0, 0]);
      const area = (width * height) / (images[0].width * images[0].height);
      expect(Math.abs(area - share)).toBeLessThanOrEqual(share / 5 + 1e-9);
      expect(new Set(images[0].crop(x, y, width, height).data)).toEqual(new Set([128]));
    }
  });

  it("has many shapes and places, but one shape for all answers of one picture", () => {
    const shapes = Array.from({ length: 15 }, (_, seed) => made(sources[0], "A", seed, { size: 252 }).drawn.hole);
    expect(new Set(shapes.map(([, , width, height]) => `${width}x${height}`)).size).toBeGreaterThan(3);
    expect(new Set(shapes.map(([x, y]) => `${x},${y}`)).size).toBeGreaterThan(10);
    const one = letters.map((answer, i) =>
      inpainting.create({ size: 168 }).corrupt(asPicture(sources[0]), answer, Random.from(i), others),
    );
    expect(new Set(one.map((row) => !isSkip(row) && `${row.images[1].width}x${row.images[1].height}`)).size).toBe(1);
  });

  it("is possible at every size from 112 and every usual aspect", () => {
    const whole = texture(9, 500, 400);
    for (const size of [112, 140, 168, 224, 336]) {
      for (const [width, height] of [
        [400, 400],
        [400, 300],
        [400, 225],
        [300, 400],
        [500, 200],
      ]) {
        for (const share of [0.25, 0.5]) {
          const row = inpainting
            .create({ size, share })
            .corrupt(asPicture(whole.crop(0, 0, width, height)), "A", Random.from(1), others.slice(0, 3));
          expect(isSkip(row) ? row.skip : "", `${size} ${width}x${height} ${share}`).not.toContain("rectangle");
        }
      }
    }
  });
});

describe("no region is told by how it looks (row 29):", () => {
  it("all have one size, one mean colour and about one contrast", () => {
    const tints = [
      [200, 120, 90],
      [90, 160, 200],
      [120, 200, 90],
    ];
    const tinted = tints.map((tint, i) => {
      const waves = texture(20 + i, 260, 220);
      return asPicture(
        paint(260, 220, (x, y) => tint.map((value, c) => value + 0.6 * (waves.data[(y * 260 + x) * 3 + c] - 150))),
        `tinted ${i}`,
      );
    });
    const [, ...regions] = made(sources[0], "B", 4, {}, tinted).images;
    const truth = regions[1];
    for (const region of regions) {
      expect([region.width, region.height]).toEqual([truth.width, truth.height]);
      for (let c = 0; c < 3; c++) expect(Math.abs(mean(region, c) - mean(truth, c))).toBeLessThan(1);
      expect(Math.abs(Math.log(spread(region) / spread(truth)))).toBeLessThan(0.2);
    }
  });

  it("the true region is brought to the middle of the four, as the others are", () => {
    const faint = paint(300, 200, (x, y) => [0, 1, 2].map((c) => 100 + sources[0].data[(y * 300 + x) * 3 + c] / 2));
    const [, ...regions] = made(faint, "A", 4).images;
    const asItWas = made(sources[0], "A", 4).images[1];
    expect(spread(regions[0])).toBeGreaterThan(1.5 * (spread(asItWas) / 2));
    for (const region of regions) expect(Math.abs(Math.log(spread(region) / spread(regions[0])))).toBeLessThan(0.2);
  });

  it("beside a black and white picture all regions are of one hue", () => {
    const grey = paint(300, 200, (x, y) => new Array(3).fill(sources[0].data[(y * 300 + x) * 3]));
    const regions = made(grey, "A", 5).images.slice(1);
    const hue = [1, 2].map((c) => mean(regions[0], c) - mean(regions[0], 0));
    for (const { data } of regions) {
      for (let i = 0; i < data.length; i += 3) {
        expect(Math.abs(data[i + 1] - data[i] - hue[0])).toBeLessThan(2);
        expect(Math.abs(data[i + 2] - data[i] - hue[1])).toBeLessThan(2);
      }
    }
  });

  it("a coarse other picture makes the picture itself as coarse", () => {
    const fine = paint(400, 400, (x, y) => new Array(3).fill((x >> 1) % 2 ? 200 : 60 + (x + y) / 4));
    const edges = (image: Image) => meanDifference(image.crop(0, 0, 100, 100), image.crop(1, 0, 100, 100));
    const size = { size: 392 };
    const large = [30, 31, 32].map((seed) => asPicture(texture(seed, 400, 400), `large ${seed}`));
    const small = [asPicture(texture(33, 60, 60), "small"), ...large.slice(1)];
    const sharp = made(fine, "A", 6, size, large).images[1];
    const coarse = made(fine, "A", 6, size, small).images[1];
    expect(edges(coarse)).toBeLessThan(0.2 * edges(sharp));
  });
});

function mean({ data }: Image, channel: number): number {
  let sum = 0;
  for (let i = channel; i < data.length; i += 3) sum += data[i];
  return (3 * sum) / data.length;
}

function spread(image: Image): number {
  const means = [0, 1, 2].map((c) => mean(image, c));
  return Math.sqrt(image.data.reduce((sum, value, i) => sum + (value - means[i % 3]) ** 2, 0) / image.data.length);
}

describe("what cannot be told is skipped (row 30):", () => {
  it.each([
    ["a picture of one colour", flat(200, 200)],
    ["a fine pattern", checkerboard(256, 4)],
    ["a picture below two tokens", texture(7, 55, 300)],
  ])("%s", (_, image) => {
    expect(isSkip(inpainting.create().corrupt(asPicture(image), "A", Random.from(1), others))).toBe(true);
  });

  it.each([
    ["a region that another picture has as well", [asPicture(sources[0], "twin"), ...others.slice(1)]],
    ["two wrong regions that are the same", [others[0], others[1], { ...others[1], id: "twin" }]],
  ])("%s", (_, beside) => {
    const row = inpainting.create().corrupt(asPicture(sources[0]), "A", Random.from(1), beside);
    expect(row).toEqual({ skip: "two of the regions look alike" });
  });
});
