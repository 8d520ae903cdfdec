import { type AnswerKind, isSkip, permutation } from "@ssl4rl/core";
import { z } from "zod";
import { conventions, example } from "./convention.js";
import { countingOrder, cutTiles, gridWords, joinTiles, noOrder } from "./cut-tiles.js";
import { defineTask } from "./define.js";
import { outputSide } from "./size.js";

/**
 * SSL4RL jigsaw (section 3), SSL-R1 patch ordering, Visual Jigsaw (image): put the shuffled tiles of a picture in order.
 * Any order may be drawn, the original one too. Tiles are pictures of their own, or stand shuffled in one picture.
 *
 * `size` is the side of the whole picture before it is cut. `gap` is cut away between neighbouring tiles, else edges that
 * continue each other can stand for seeing what is shown. Each number that is right earns its share in partial credit.
 */
export const jigsaw = defineTask({
  name: "jigsaw",
  version: 1,
  about: "How do the shuffled tiles of a picture go together?",
  options: z
    .strictObject({
      rows: z.int().min(1).max(6).default(2),
      columns: z.int().min(1).max(6).default(2),
      layout: z.enum(["tiles", "composite"]).default("tiles"),
      convention: z.enum(["slot-to-piece", "piece-to-slot"]).default("slot-to-piece"),
      gap: z.number().min(0).max(0.3).default(0),
      size: outputSide,
    })
    .refine(({ rows, columns }) => rows * columns > 1, { error: "rows × columns must be 2 or more", path: ["rows"] }),
  answers: ({ rows, columns }): AnswerKind<readonly number[]> =>
    permutation(rows * columns, { from: 1, separator: "," }),
  prompt(options, answers) {
    const convention = conventions[options.convention];
    const order = countingOrder(options);
    return [
      `A picture was cut into ${gridWords(options)} of equal tiles${options.gap ? ", with a strip lost between neighbours," : ""} and the tiles were shuffled.`,
      options.layout === "tiles"
        ? `Places in the original picture are numbered ${order}, from 1.`
        : `You see them put together in the shuffled order. Tiles as you see them, and places in the original picture, are numbered ${order}, from 1.`,
      `${convention.question("tile")}: ${answers.form}.${example(convention, answers, "tile", 1)}`,
    ].join(" ");
  },
  corrupt({ picture, answer, random, options }) {
    const cut = cutTiles(picture.image, options, random);
    if (isSkip(cut)) return cut;
    const undecidable = noOrder(cut.tiles);
    if (undecidable) return undecidable;
    const places = conventions[options.convention].convert(answer.map((number) => number - 1));
    const shown = places.map((place) => cut.tiles[place]);
    const drawn = { window: cut.window };
    return options.layout === "tiles"
      ? { images: shown, labels: shown.map((_, i) => `Tile ${i + 1}:`), drawn }
      : { images: [joinTiles(shown, options.columns)], drawn };
  },
});
