import { isSkip, oneOf } from "@ssl4rl/core";
import { defineTask } from "./define.js";
import { cutPatches, maskedPatches, patchesIntroduced, patchOptions } from "./masked-patches.js";
import type { Grid } from "./tile-size.js";

/** How one patch can lie to another, and the signs of the steps from that one, downwards and to the right. */
const relations = [
  { words: "to its left, in the same row", down: 0, right: -1 },
  { words: "to its right, in the same row", down: 0, right: 1 },
  { words: "above it, in the same column", down: -1, right: 0 },
  { words: "below it, in the same column", down: 1, right: 0 },
  { words: "above it and to its left", down: -1, right: -1 },
  { words: "above it and to its right", down: -1, right: 1 },
  { words: "below it and to its left", down: 1, right: -1 },
  { words: "below it and to its right", down: 1, right: 1 },
];

/** Two for a strip, else all eight. */
function possible({ rows, columns }: Grid) {
  return relations.filter(({ down, right }) => (down === 0 || rows > 1) && (right === 0 || columns > 1));
}

/**
 * Jigsaw-R1, the pair question: the patches of a picture are shuffled in place; how did two of them lie to each other in
 * the original? Two lettered choices for a strip, else eight.
 *
 * Nothing is to be won without looking. The relation is drawn first, each as often, then two places that lie so (of two
 * patches drawn at once, as in the published code, one lies above the other in a column of a 2 × 2 grid twice as often as
 * above it to its left). The choices stand in random order but for the true one at its given letter, and the patches'
 * numbers come from a shuffle that knows nothing of the relation.
 */
export const jigsawPair = defineTask({
  name: "jigsaw-pair",
  version: 1,
  about: "How did two of the shuffled patches of a picture lie to each other?",
  options: patchOptions,
  answers: (options) => oneOf([..."ABCDEFGH"].slice(0, possible(options).length)),
  prompt: (options) =>
    `${patchesIntroduced(options)}How did two of the patches lie to each other in the original picture?`,
  corrupt({ picture, answer, random, options, answers }) {
    const cut = cutPatches(picture.image, options, random);
    if (isSkip(cut)) return cut;

    const relation = random.pick(possible(options));
    const places = cut.tiles.map((_, place) => place);
    const pairs = places.flatMap((a) => places.map((b) => [a, b] as const));
    const pair = random.pick(pairs.filter(([a, b]) => relate(a, b, options) === relation));
    const order = random.shuffle(places);
    const [patch, other] = pair.map((place) => order.indexOf(place) + 1);

    const choices = random.shuffle(possible(options).filter((choice) => choice !== relation));
    choices.splice("ABCDEFGH".indexOf(answer), 0, relation);
    const lettered = choices.map(({ words }, i) => `${answers.at(i)}: ${words}`);
    return {
      images: [
        maskedPatches(
          order.map((place) => cut.tiles[place]),
          options,
        ),
      ],
      prompt:
        `${patchesIntroduced(options)}Seen from patch ${other}, where did patch ${patch} lie in the original picture?\n` +
        `${lettered.join("\n")}\nAnswer with one letter: ${answers.form}.`,
      drawn: {
        window: cut.window,
        places: order.map((place) => place + 1),
        patches: [patch, other],
        relation: relation.words,
      },
    };
  },
});

/** How place `a` lies to place `b`; undefined when they are one. */
function relate(a: number, b: number, { columns }: Grid) {
  const down = Math.sign(Math.floor(a / columns) - Math.floor(b / columns));
  const right = Math.sign((a % columns) - (b % columns));
  return relations.find((relation) => relation.down === down && relation.right === right);
}
