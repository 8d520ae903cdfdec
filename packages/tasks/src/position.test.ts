import { type Image, isSkip, meanDifference, pose, Random, resize, thinkAnswer } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { type Applied, applySteps } from "./augment.js";
import { position } from "./position.js";
import { asPicture, paint, texture } from "./test-picture.js";

interface Found {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly difference: number;
}

/** [full, crop] for answer number `answer`. */
function pair(image: Image, answer: number, options: Record<string, unknown>, seed = 0): readonly Image[] {
  const task = position.create(options);
  const corruption = task.corrupt(asPicture(image), task.answers.at(answer), Random.from("cut", seed), []);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  return corruption.images;
}

/** Where in `full` the enlarged `crop` fits best: every window of the sides a cell allows, thumbnails first, then near the best. */
function find(full: Image, crop: Image, grid: number): Found {
  const small = resize(crop, 8, 8);
  let best: Found = { x: 0, y: 0, width: 0, height: 0, difference: Number.POSITIVE_INFINITY };
  const [most, highest] = [full.width / grid, full.height / grid];
  const search = (from: Found | null, step: number) => {
    const range = (low: number, high: number, around?: number) => {
      const start = around === undefined ? low : Math.max(low, around - 4);
      const end = around === undefined ? high : Math.min(high, around + 4);
      return Array.from({ length: Math.max(0, Math.floor((end - start) / step) + 1) }, (_, i) => start + i * step);
    };
    for (const width of range(28, Math.max(28, Math.floor(0.8 * most)), from?.width)) {
      for (const height of range(28, Math.max(28, Math.floor(0.8 * highest)), from?.height)) {
        for (const y of range(0, full.height - height, from?.y)) {
          for (const x of range(0, full.width - width, from?.x)) {
            const difference = meanDifference(resize(full.crop(x, y, width, height), 8, 8), small);
            if (difference < best.difference) best = { x, y, width, height, difference };
          }
        }
      }
    }
  };
  search(null, 4);
  search(best, 1);
  return best;
}

describe("the crop", () => {
  it.each([
    { grid: 2, width: 112, height: 112 },
    { grid: 2, width: 150, height: 80 },
    { grid: 3, width: 130, height: 130 },
  ])("is found in the named cell and inside it: $grid x $grid of $width x $height", ({ grid, width, height }) => {
    for (let answer = 0; answer < grid * grid; answer++) {
      const [full, crop] = pair(texture(20 + answer, width, height), answer, { grid, size: 112 }, answer);
      const { x, y, width: w, height: h, difference } = find(full, crop, grid);
      expect(difference).toBeLessThan(1.5);
      const [cellWidth, cellHeight] = [full.width / grid, full.height / grid];
      const [left, top] = [(answer % grid) * cellWidth, Math.floor(answer / grid) * cellHeight];
      // The match is blind to a pixel or two.
      expect(x).toBeGreaterThanOrEqual(left - 2);
      expect(y).toBeGreaterThanOrEqual(top - 2);
      expect(x + w).toBeLessThanOrEqual(left + cellWidth + 2);
      expect(y + h).toBeLessThanOrEqual(top + cellHeight + 2);
    }
  });

  it.each([2, 3, 4, 6])("never crosses cells: %i rows of cells of one colour each give crops of one colour", (grid) => {
    const cell = 56;
    const colours = Array.from({ length: grid * grid }, (_, i) => [
      (i * 37) % 250,
      (i * 91) % 250,
      255 - ((i * 7) % 250),
    ]);
    const image = paint(
      grid * cell,
      grid * cell,
      (x, y) => colours[Math.floor(y / cell) * grid + Math.floor(x / cell)],
    );
    for (const [answer, colour] of colours.entries()) {
      for (let seed = 0; seed < 2; seed++) {
        const [full, crop] = pair(image, answer, { grid, size: grid * cell }, seed);
        expect([full.width, full.height]).toEqual([image.width, image.height]);
        expect(new Set(pixels(crop))).toEqual(new Set([colour.join()]));
      }
    }
  });

  it("has one size for every answer, whatever was cut", () => {
    const image = texture(30, 300, 200);
    for (const grid of [2, 3, 5]) {
      const sizes = new Set<string>();
      for (let answer = 0; answer < grid * grid; answer++) {
        const [full, crop] = pair(image, answer, { grid, size: 168 }, answer);
        sizes.add(`${full.width}x${full.height} ${crop.width}x${crop.height}`);
      }
      expect(sizes.size).toBe(1);
    }
  });

  it("shows different windows for different draws", () => {
    const image = texture(31, 200, 200);
    const crops = Array.from({ length: 6 }, (_, seed) => pair(image, 0, {}, seed)[1].data.join());
    expect(new Set(crops).size).toBe(6);
  });
});

function pixels(image: Image): string[] {
  return Array.from({ length: image.width * image.height }, (_, i) => image.data.subarray(i * 3, i * 3 + 3).join());
}

describe("the full picture", () => {
  it("is divided by the grid into cells of whole tokens, near the asked area and at the picture's aspect", () => {
    for (const grid of [2, 3, 4, 5, 6]) {
      for (const [width, height] of [
        [224, 168],
        [168, 224],
        [190, 190],
        [504, 168],
      ]) {
        const [full] = pair(texture(32, width, height), 0, { grid, size: 336 });
        expect([full.width % (grid * 28), full.height % (grid * 28)]).toEqual([0, 0]);
        expect(Math.abs(full.width - 336 * Math.sqrt(width / height))).toBeLessThanOrEqual(grid * 14);
        expect(Math.abs(full.height - 336 * Math.sqrt(height / width))).toBeLessThanOrEqual(grid * 14);
      }
    }
  });

  it("holds the same bytes whatever the answer", () => {
    const image = texture(33, 300, 200);
    const fulls = [0, 1, 2, 3].map((answer) => pair(image, answer, {}, answer)[0]);
    for (const full of fulls) expect(Buffer.compare(full.data, fulls[0].data)).toBe(0);
  });
});

describe("the answers", () => {
  it("are the names of the quarters in raster order on a 2 x 2 grid", () => {
    const { answers, prompt } = position.create();
    expect([0, 1, 2, 3].map((i) => answers.print(answers.at(i)))).toEqual([
      "top-left",
      "top-right",
      "bottom-left",
      "bottom-right",
    ]);
    expect(prompt).toContain("top-left, top-right, bottom-left or bottom-right");
  });

  it("are row/column, from 1, from the top and the left, on larger grids", () => {
    const { answers, prompt } = position.create({ grid: 3 });
    expect(answers.print(answers.at(2))).toBe("1/3");
    expect(answers.print(answers.at(6))).toBe("3/1");
    expect(prompt).toContain("3 rows and 3 columns");
    expect(prompt).toContain("row/column");
  });

  it("are told by the picture: the crop of a red row 1, column 3 is red", () => {
    const redTopRight = paint(168, 168, (x, y) => (x >= 112 && y < 56 ? [230, 20, 20] : [40, x, y]));
    const crop = pair(redTopRight, 2, { grid: 3, size: 168 })[1];
    const inner = crop.crop(4, 4, crop.width - 8, crop.height - 8);
    expect(new Set(pixels(inner))).toEqual(new Set(["230,20,20"]));
  });
});

describe("what cannot be told", () => {
  it.each([
    [55, 400, 2],
    [400, 55, 2],
    [83, 400, 3],
    [167, 167, 6],
  ])("is skipped: %i x %i pixels on a grid of %i", (width, height, grid) => {
    const corruption = pose(
      { id: "s", name: "s", image: texture(34, width, height) },
      position.create({ grid }),
      thinkAnswer,
      0,
      0,
    );
    expect(corruption).toEqual({
      skip: `${width}x${height} px is too small for a ${grid}x${grid} grid of 28 px cells`,
    });
  });

  it("is skipped where another cell holds the same thing at another place", () => {
    // One spot a cell, each elsewhere in its cell, on a common ground.
    const spots = [
      [20, 20],
      [130, 40],
      [50, 140],
      [100, 100],
    ];
    const image = paint(168, 168, (x, y) =>
      spots.some(([sx, sy]) => Math.hypot(x - sx, y - sy) < 9) ? [250, 250, 0] : [90, 90, 90],
    );
    for (let seed = 0; seed < 8; seed++) {
      const task = position.create({ size: 168 });
      const corruption = task.corrupt(asPicture(image), "top-left", Random.from("spots", seed), []);
      expect(isSkip(corruption) && corruption.skip).toMatch(/^a part of top-left looks like a part of /);
    }
  });
});

describe("an augmented crop", () => {
  const image = texture(40, 224, 224);

  function both(seed: number, options: object = {}) {
    const plain = position.create({ size: 112, ...options });
    const changed = position.create({ size: 112, ...options, augment: true });
    return [plain, changed].map((task) => {
      const corruption = task.corrupt(asPicture(image), "top-right", Random.from("augment", seed), []);
      if (isSkip(corruption)) throw new Error(corruption.skip);
      return corruption;
    });
  }

  it("is the plain crop after the drawn steps; the full picture stays as it is", () => {
    for (let seed = 0; seed < 12; seed++) {
      const [plain, changed] = both(seed);
      expect(Buffer.compare(changed.images[0].data, plain.images[0].data)).toBe(0);
      expect(changed.drawn?.window).toEqual(plain.drawn?.window);
      const steps = changed.drawn?.steps as unknown as Applied;
      expect(Buffer.compare(changed.images[1].data, applySteps(plain.images[1], steps).data)).toBe(0);
    }
  });

  it("is recoloured, made grey or blurred, never mirrored, which would move things", () => {
    const names = Array.from({ length: 40 }, (_, seed) => both(seed)[1].drawn?.steps as unknown as Applied);
    expect([...new Set(names.flat().map(([name]) => name))].sort()).toEqual(["blur", "grey", "jitter"]);
    expect(both(0)[0].drawn?.steps).toEqual([]);
  });

  it("is named by the prompt when the option is on and only then (row 16)", () => {
    for (const grid of [2, 3]) {
      expect(position.create({ grid, augment: true }).prompt).toContain(
        "enlarged and perhaps recoloured, made grey or blurred. Which",
      );
      expect(position.create({ grid }).prompt).toContain(" and enlarged. Which");
    }
  });

  it("is skipped where cells differ by colour alone, and asked there when plain", () => {
    // Waves of one lightness that are red at the left and blue at the right.
    const image = paint(168, 168, (x, y) => {
      const grey = 120 + 60 * Math.sin((x % 84) / 9) * Math.sin((y % 84) / 7);
      return x < 84 ? [grey + 40, grey - 22, grey + 8] : [grey - 40, grey + 22, grey - 8];
    });
    const task = (augment: boolean) =>
      position.create({ size: 168, augment }).corrupt(asPicture(image), "top-left", Random.from("colour", 1), []);
    const skipped = task(true);
    expect(isSkip(skipped) && skipped.skip).toBe("a part of top-left looks like a part of top-right");
    expect(isSkip(task(false)) && (task(false) as { skip: string }).skip).toBe(
      "a part of top-left looks like a part of bottom-left",
    );
  });
});
