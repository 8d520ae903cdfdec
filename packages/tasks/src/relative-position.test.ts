import { type Depth, isSkip, Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { type Point, WHITE_DISC } from "./marks.js";
import { relativePosition } from "./relative-position.js";
import { asPicture, everything, numberAt } from "./test-picture.js";

const scene = everything("scene", 6, 240, 180);
const letters = ["A", "B", "C", "D"] as const;

function depthOf(far: (x: number, y: number) => number): Depth {
  const data = Float32Array.from({ length: 240 * 180 }, (_, i) => far(i % 240, Math.floor(i / 240)));
  return { width: 240, height: 180, data };
}

function asked(depth: Depth, answer: (typeof letters)[number], seed: number, size = 112) {
  const picture = { ...asPicture(scene.image), depth };
  return relativePosition.create({ size }).corrupt(picture, answer, Random.from("relative", seed), []);
}

function posed(...given: Parameters<typeof asked>) {
  const corruption = asked(...given);
  if (isSkip(corruption)) throw new Error(corruption.skip);
  const { facing, direction, marks } = corruption.drawn as unknown as {
    facing: string;
    direction: string;
    marks: Point[];
  };
  const options = [...corruption.prompt!.matchAll(/([A-D]): ([a-z-]+)/g)].map((match) => match[2]);
  return { image: corruption.images[0], prompt: corruption.prompt!, facing, direction, marks, options };
}

/** By how many degrees the camera is turned to its left from looking away from the viewer, seen from above. */
const headings: Record<string, number> = {
  "away from the viewer": 0,
  "to the left of the picture": 90,
  "towards the viewer": 180,
  "to the right of the picture": 270,
};

describe("the true option", () => {
  it("is where mark 2 lies on the ground after the camera is turned, and no other option is", () => {
    const { width, height, data } = scene.depth!;
    for (let seed = 0; seed < 60; seed++) {
      const answer = letters[seed % 4];
      const { image, marks, facing, options } = posed(scene.depth!, answer, seed, 224);
      const [first, second] = marks.map(([x, y]) => ({
        right: x / image.width,
        away: data[Math.floor((y / image.height) * height) * width + Math.floor((x / image.width) * width)] / 8,
      }));
      const [right, away] = [second.right - first.right, second.away - first.away];
      // The world turns right about a camera that turns left.
      const angle = (headings[facing] * Math.PI) / 180;
      const seenRight = right * Math.cos(angle) + away * Math.sin(angle);
      const seenAhead = away * Math.cos(angle) - right * Math.sin(angle);
      const side = seenRight > 0 ? "right" : "left";
      const ahead = seenAhead > 0 ? "front" : "back";
      const diagonal = options[0].includes("-");
      const truth = diagonal ? `${side}-${ahead}` : Math.abs(seenRight) > Math.abs(seenAhead) ? side : ahead;
      expect(options[letters.indexOf(answer)]).toBe(truth);
      expect(new Set(options).size).toBe(4);
    }
  });

  it("is asked from mark 1 to mark 2, as numbered in the picture", () => {
    for (let seed = 0; seed < 4; seed++) {
      const { image, marks } = posed(scene.depth!, "B", seed, 224);
      expect(marks.map((mark) => numberAt(image, mark, 224, WHITE_DISC, 2))).toEqual([1, 2]);
    }
  });

  it("stands under the letter it is given", () => {
    for (const [i, letter] of letters.entries()) {
      const { options, direction } = posed(scene.depth!, letter, 7);
      expect(options[i]).toBe(direction);
    }
  });
});

describe("what could give the answer away", () => {
  const draws = Array.from({ length: 480 }, (_, seed) => posed(scene.depth!, letters[seed % 4], seed));

  it("is not the text: whatever the facing and the list of options, each direction is as often true", () => {
    for (const diagonal of [false, true]) {
      for (const facing of Object.keys(headings)) {
        const those = draws.filter((draw) => draw.facing === facing && draw.direction.includes("-") === diagonal);
        expect(those.length).toBeGreaterThan(30);
        const directions = those[0].options;
        const expected = those.length / 4;
        const chiSquare = directions
          .map((direction) => those.filter((draw) => draw.direction === direction).length)
          .reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
        // 3 degrees of freedom, one in ten thousand.
        expect(chiSquare).toBeLessThan(21.1);
      }
    }
  });

  it("is not the letter: no direction prefers one", () => {
    for (const direction of new Set(draws.map((draw) => draw.direction))) {
      const those = draws.filter((draw) => draw.direction === direction);
      const places = letters.map((_, i) => those.filter((draw) => draw.options[i] === direction).length);
      const expected = those.length / 4;
      expect(places.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(21.1);
    }
  });

  it("is not whether a picture is asked at all: the letter does not change it", () => {
    const hard = depthOf((x, y) => 1 + Math.floor(x / 60) + 0.4 * (y > 90 ? 1 : 0));
    for (let seed = 0; seed < 10; seed++) {
      expect(new Set(letters.map((letter) => isSkip(asked(hard, letter, seed)))).size).toBe(1);
    }
  });
});

describe("what cannot be told", () => {
  it.each([
    ["a wall", depthOf(() => 3), "no depth is known, or all of it is the same"],
    ["nothing known", depthOf(() => Number.NaN), "no depth is known, or all of it is the same"],
    // Depth grows to the right: nothing is behind anything at the same place.
    ["a slanted wall", depthOf((x) => 1 + x), "has not a pair of even places for every direction"],
  ])("is skipped: %s", (_, depth, skip) => {
    for (let seed = 0; seed < 3; seed++) expect(asked(depth, "A", seed)).toEqual({ skip });
  });
});
