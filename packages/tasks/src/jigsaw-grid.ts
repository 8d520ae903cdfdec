import { type AnswerKind, isSkip, numberGrid } from "@ssl4rl/core";
import { conventions, example } from "./convention.js";
import { defineTask } from "./define.js";
import { cutPatches, maskedPatches, patchesIntroduced, patchOptions } from "./masked-patches.js";

const convention = conventions["piece-to-slot"];

/**
 * Jigsaw-R1, the full question ("forward"): the patches of a picture are shuffled in place; where does each one belong?
 * Answered as a grid of numbers that stand where the patches stand. `mask` blackens a share of every patch's borders.
 */
export const jigsawGrid = defineTask({
  name: "jigsaw-grid",
  version: 1,
  about: "Where does each of the shuffled patches of a picture belong, as a grid of numbers?",
  options: patchOptions,
  answers: ({ rows, columns }): AnswerKind<readonly number[]> => numberGrid(rows, columns),
  prompt: (options, answers) =>
    `${patchesIntroduced(options)}${convention.question("patch")}: ${answers.form}.` +
    example(convention, answers, "patch", 1),
  corrupt({ picture, answer, random, options }) {
    const cut = cutPatches(picture.image, options, random);
    if (isSkip(cut)) return cut;
    const shown = convention.convert(answer.map((number) => number - 1)).map((place) => cut.tiles[place]);
    return { images: [maskedPatches(shown, options)], drawn: { window: cut.window } };
  },
});
