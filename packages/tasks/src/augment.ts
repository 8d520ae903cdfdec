import { type Image, orList, type Random } from "@ssl4rl/core";
import { gaussianBlur } from "./blur.js";
import { brightness, contrast, equalise, greyscale, hue, mirrored, saturation, solarise } from "./color.js";

export type Strength = "weak" | "strong";

/**
 * A step that happens to a view with some probability. It is drawn first and applied then, so that what was drawn can be
 * kept and done again.
 */
interface Step {
  readonly name: string;
  /** What a prompt says of a view that went through it. */
  readonly words: string;
  /** How probable it is in SSL4RL's published code and in its paper, which differ. */
  readonly code: Record<Strength, number>;
  readonly paper: Record<Strength, number>;
  readonly draw: (random: Random) => readonly number[];
  readonly apply: (image: Image, drawn: readonly number[]) => Image;
}

const nothing = () => [];
const inPaper = { weak: 0.2, strong: 0.8 };

/**
 * What follows the crop in SSL4RL's pipeline (`augcfg.yaml`, `augcfg_strong.yaml`), which is SimCLR's as solo-learn runs
 * it, in that order. The paper names neither solarisation nor equalisation. A mirrored view is the same wherever in the
 * order it is mirrored.
 */
const steps: readonly Step[] = [
  {
    name: "jitter",
    words: "recoloured",
    code: { weak: 0.8, strong: 0.8 },
    paper: inPaper,
    draw: (random) => [
      ...[0.8, 0.8, 0.8].map((most) => random.uniform(1 - most, 1 + most)),
      random.uniform(-0.2, 0.2),
      ...random.shuffle([0, 1, 2, 3]),
    ],
    apply: (image, drawn) =>
      drawn.slice(4).reduce((view, i) => [brightness, contrast, saturation, hue][i](view, drawn[i]), image),
  },
  {
    name: "grey",
    words: "made grey",
    code: { weak: 0.2, strong: 0.8 },
    paper: inPaper,
    draw: nothing,
    apply: greyscale,
  },
  {
    name: "blur",
    words: "blurred",
    code: { weak: 0.5, strong: 0.8 },
    paper: inPaper,
    draw: (random) => [random.uniform(0.1, 2)],
    apply: (image, [sigma]) => gaussianBlur(image, sigma),
  },
  {
    name: "solarise",
    words: "solarised (bright values made dark)",
    code: { weak: 0, strong: 0.8 },
    paper: { weak: 0, strong: 0 },
    draw: nothing,
    apply: solarise,
  },
  {
    name: "equalise",
    words: "equalised (contrast spread in each colour)",
    code: { weak: 0, strong: 0.8 },
    paper: { weak: 0, strong: 0 },
    draw: nothing,
    apply: equalise,
  },
  {
    name: "flip",
    words: "mirrored left to right",
    code: { weak: 0.5, strong: 0.8 },
    paper: inPaper,
    draw: nothing,
    apply: mirrored,
  },
];

/** Shares of a picture's area that the crop before these steps may have: in the code, and as far as printed in the paper. */
export const cropScale: Record<Strength, readonly [number, number]> = { weak: [0.08, 1], strong: [0.08, 0.3] };

/** The steps that may happen, each with its probability. */
export type Pipeline = readonly (Step & { readonly p: number })[];

export function pipelineOf(strength: Strength, probabilities: "code" | "paper"): Pipeline {
  return steps.map((step) => ({ ...step, p: step[probabilities][strength] })).filter(({ p }) => p > 0);
}

/** What may happen to a view, for a prompt: `recoloured, made grey or blurred`. */
export function inWords(pipeline: Pipeline): string {
  return orList(pipeline.map(({ words }) => words));
}

/** What happened to a view: each step by name, with what it drew. */
export type Applied = readonly (readonly [name: string, ...drawn: number[]])[];

export function drawSteps(pipeline: Pipeline, random: Random): Applied {
  return pipeline.filter(({ p }) => random.chance(p)).map(({ name, draw }) => [name, ...draw(random)]);
}

export function applySteps(image: Image, applied: Applied): Image {
  return applied.reduce(
    (view, [name, ...drawn]) => steps.find((step) => step.name === name)!.apply(view, drawn),
    image,
  );
}
