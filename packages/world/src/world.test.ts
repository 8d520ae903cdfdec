import { Image, meanDifference, Random } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { composeScene } from "./compose.js";
import { measure } from "./measure.js";
import { alike, type Color, type ColorName, shades } from "./palette.js";
import { questionsAbout } from "./questions.js";
import { render } from "./render.js";
import type { Scene } from "./scene.js";
import { isSolid } from "./sketch.js";
import { worldSource } from "./source.js";

const small = { width: 112, height: 112 };

function scenes(count: number): Scene[] {
  return Array.from({ length: count }, (_, i) => composeScene("test", i));
}

/** The scene with all shapes of one object taken out. */
function without(scene: Scene, object: number): Scene {
  return { ...scene, shapes: scene.shapes.filter(({ owner }) => owner !== object) };
}

describe("composeScene and render", () => {
  it("give the same bytes for the same seed, in any order", () => {
    const forward = [0, 1, 2, 3].map((i) => render(composeScene("order", i), small));
    const backward = [3, 2, 1, 0].map((i) => render(composeScene("order", i), small)).reverse();
    forward.forEach((image, i) => {
      expect(meanDifference(image, backward[i])).toBe(0);
    });
  });

  it("give different pictures for different seeds", () => {
    const seen = new Set(scenes(60).map((scene) => Buffer.from(render(scene, small).data).toString("base64")));
    expect(seen.size).toBe(60);
  });

  it("survive a journey as JSON: a scene is data", () => {
    for (const scene of scenes(10)) {
      const copy: Scene = JSON.parse(
        JSON.stringify(scene, (_, value) => (value instanceof Float32Array ? { floats: [...value] } : value)),
        (_, value) =>
          value && typeof value === "object" && "floats" in value ? new Float32Array(value.floats) : value,
      );
      expect(meanDifference(render(copy, small), render(scene, small))).toBe(0);
    }
  });

  it("show the same scene at every size", () => {
    for (const scene of scenes(12)) {
      const clean = { ...scene, finish: { ...scene.finish, grain: 0, blur: 0 } };
      const large = render(clean, { width: 448, height: 448 });
      expect(meanDifference(quarter(large), render(clean, small))).toBeLessThan(4);
    }
  });

  it("have one natural up: no turn by 90, 180 or 270 degrees looks like the picture", () => {
    let alikeAfterTurn = 0;
    for (const scene of scenes(200)) {
      const image = render(scene, small);
      if ([1, 2, 3].some((turns) => meanDifference(image, image.quarterTurns(turns)) < 10)) alikeAfterTurn++;
    }
    expect(alikeAfterTurn).toBeLessThanOrEqual(2);
  });

  it("put all twenty kinds, hours and weathers to use", () => {
    const all = scenes(600);
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(20);
    expect(new Set(all.map(({ light }) => light.time)).size).toBe(3);
    expect(new Set(all.map(({ weather }) => weather)).size).toBe(5);
  });
});

/** 448 pixels down to 112 by the mean of each 4 × 4. */
function quarter(image: Image): Image {
  const side = image.width / 4;
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = 0; k < 16; k++) sum += image.data[((y * 4 + (k >> 2)) * image.width + x * 4 + (k & 3)) * 3 + c];
        data[(y * side + x) * 3 + c] = Math.round(sum / 16);
      }
    }
  }
  return new Image(side, side, data);
}

describe("the truth about an object", () => {
  it("is what the picture loses without it", () => {
    for (const scene of scenes(60)) {
      const whole = render(scene, small);
      scene.objects.forEach((object, i) => {
        if (object.visible < 0.5 || object.box.width * object.box.height < 0.004 || scene.finish.blur > 0) return;
        const changed = difference(whole, render(without(scene, i), small));
        const { box } = object;
        const inside = changed.filter(
          ({ x, y }) =>
            x >= box.x - 0.02 && x <= box.x + box.width + 0.02 && y >= box.y - 0.02 && y <= box.y + box.height + 0.02,
        );
        const weight = (list: typeof changed) => list.reduce((sum, { by }) => sum + by, 0);
        expect(inside.length, `${object.category} in ${scene.seed}`).toBeGreaterThan(0);
        // Shadows, lamplight and the image in the water reach beyond the box.
        if (!object.attributes.lit && scene.light.time === "day") {
          expect(weight(inside) / weight(changed), `${object.category} in ${scene.seed}`).toBeGreaterThan(0.7);
        }
      });
    }
  });

  it("stays within the picture", () => {
    for (const scene of scenes(80)) {
      for (const { box, visible } of scene.objects) {
        expect(visible).toBeGreaterThanOrEqual(0);
        expect(visible).toBeLessThanOrEqual(1);
        for (const value of [box.x, box.y, box.x + box.width, box.y + box.height]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1.000001);
        }
      }
    }
  });

  it("says an object behind a curtain is not visible, and one behind half a curtain about half", () => {
    const boxed = (x: number, y: number, width: number, height: number, owner: number) => ({
      outline: new Float32Array([x, y, x + width, y, x + width, y + height, x, y + height]),
      paint: { color: [0, 0, 0] as Color, alpha: 1 },
      owner,
    });
    const ball = boxed(0.25, 0.25, 0.5, 0.5, 0);
    expect(measure([ball], 1)[0]).toEqual({ box: { x: 0.25, y: 0.25, width: 0.5, height: 0.5 }, visible: 1 });
    expect(measure([ball, boxed(0, 0, 1, 1, -1)], 1)[0].visible).toBe(0);
    expect(measure([ball, boxed(0, 0, 0.5, 1, -1)], 1)[0].visible).toBeCloseTo(0.5, 1);
    expect(measure([boxed(-0.25, 0.25, 0.5, 0.5, 0)], 1)[0].visible).toBeCloseTo(0.5, 1);
  });

  it("names the colour that most of its pixels have", () => {
    let right = 0;
    const wrong: string[] = [];
    for (let i = 0; i < 500; i++) {
      const scene = composeScene("colour", i);
      const plain = { ...scene, finish: { ...scene.finish, grain: 0, vignette: 0 } };
      for (const question of questionsAbout(scene, Random.from("colour", i))) {
        if (
          question.category !== "attribute_recognition" ||
          /light|hull|top|wall|blanket|itself|cab|sign|frame/.test(question.question)
        )
          continue;
        const name = /What colour is the (.*)\?/.exec(question.question)?.[1];
        const index = scene.objects.findIndex((object) => object.category === name && object.visible >= 0.85);
        const whole = render(plain, small);
        const bare = { ...plain, shapes: plain.shapes.filter((shape) => shape.owner !== index || !isSolid(shape)) };
        const votes = new Map<string, number>();
        const options = question.options as ColorName[];
        const grayTruth = isGray(options[question.answer]);
        for (const { color } of difference(whole, render(bare, small))) {
          // Tyres, panes and pages are gray on anything: a hue is told by the pixels that have one.
          if (!grayTruth && Math.max(...color) - Math.min(...color) < 45) continue;
          const word = nearestWord(color, grayTruth ? options : options.filter((option) => !isGray(option)));
          votes.set(word, (votes.get(word) ?? 0) + 1);
        }
        const winner = [...votes].sort((a, b) => b[1] - a[1])[0]?.[0];
        if (winner === question.options[question.answer]) right++;
        else wrong.push(`${scene.seed} ${question.question} ${question.options[question.answer]}, looks ${winner}`);
      }
    }
    expect(right).toBeGreaterThan(150);
    expect(wrong.length / (right + wrong.length), wrong.join("; ")).toBeLessThan(0.03);
  });
});

function isGray(word: ColorName): boolean {
  return word === "white" || word === "gray" || word === "black";
}

interface Change {
  readonly x: number;
  readonly y: number;
  readonly by: number;
  readonly color: Color;
}

/** The pixels in which two pictures differ plainly. */
function difference(a: Image, b: Image): Change[] {
  const out: Change[] = [];
  for (let i = 0; i < a.width * a.height; i++) {
    const at = i * 3;
    const by =
      Math.abs(a.data[at] - b.data[at]) +
      Math.abs(a.data[at + 1] - b.data[at + 1]) +
      Math.abs(a.data[at + 2] - b.data[at + 2]);
    if (by > 18)
      out.push({
        x: ((i % a.width) + 0.5) / a.width,
        y: (Math.floor(i / a.width) + 0.5) / a.height,
        by,
        color: [a.data[at], a.data[at + 1], a.data[at + 2]],
      });
  }
  return out;
}

/** The word whose shades are nearest, light and shade counting less than hue. */
function nearestWord(color: Color, words: readonly ColorName[]): ColorName {
  const split = ([r, g, b]: Color) => ({ light: (r + g + b) / 3, warm: r - b, green: g - (r + b) / 2 });
  const c = split(color);
  let best: { word: ColorName; far: number } | null = null;
  for (const word of words) {
    for (const shade of shades[word]) {
      const s = split(shade);
      const far = Math.hypot((c.light - s.light) * 0.5, c.warm - s.warm, (c.green - s.green) * 1.5);
      if (best === null || far < best.far) best = { word, far };
    }
  }
  return best?.word ?? words[0];
}

describe("colour words", () => {
  it("are alike in both directions", () => {
    const words = Object.keys(shades) as ColorName[];
    for (const a of words) for (const b of words) expect(alike(a, b)).toBe(alike(b, a));
  });
});

describe("worldSource", () => {
  it("gives the same picture at an index whatever was asked before", async () => {
    const source = worldSource({ seed: "s", length: 10, size: 56 });
    const again = worldSource({ seed: "s", length: 10, size: 56 });
    const late = await source.get(7);
    await again.get(2);
    const same = await again.get(7);
    if ("skip" in late || "skip" in same) throw new Error("the world skips nothing");
    expect(late.id).toBe(same.id);
    expect(late.image.width).toBe(56);
    expect(meanDifference(late.image, same.image)).toBe(0);
  });

  it("gives every picture its own id and refuses indices beyond its length", async () => {
    const source = worldSource({ seed: "ids", length: 20, size: 16 });
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => ((await source.get(i)) as { id: string }).id),
    );
    expect(new Set(ids).size).toBe(20);
    await expect(source.get(20)).rejects.toThrow("index must be in 0..19, got 20");
  });
});
