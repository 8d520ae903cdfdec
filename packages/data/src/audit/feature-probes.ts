import { crc32 } from "node:zlib";
import type { PictureFacts } from "./picture-facts.js";
import { type Example, predictChoice, predictLabels, type Score } from "./predict.js";
import { candidateOf, sequenceOf, type TaskKind } from "./task-kind.js";
import { answerParts, type TaskRows } from "./task-rows.js";

/** A probe that guesses the answer from how the pictures were made. */
export interface FeatureProbe {
  readonly name: string;
  /** What it looks at, as in "guessed from …". */
  readonly sees: string;
  readonly remedy: string;
  /**
   * The kinds of tasks in which nothing that is compared differs for reasons of content: see {@link TaskKind}. All, where
   * content leaves no mark on what is measured.
   */
  readonly kinds?: readonly TaskKind["name"][];
  /** The numbers of one picture. */
  measure(picture: PictureFacts): readonly number[];
  /** Pictures of which there is nothing to say are left out. */
  readonly tells?: (picture: PictureFacts) => boolean;
}

const BLOCKS = "Resample photos before cutting, and store what was cut as PNG.";

export const featureProbes: readonly FeatureProbe[] = [
  {
    name: "sizes",
    sees: "widths, heights and aspects",
    remedy: "Bring the picture to its final size before cutting or turning it, and emit one size for every answer.",
    measure: ({ width, height }) => [width, height, width / height],
  },
  {
    name: "file format",
    sees: "codec, quality and metadata of the files",
    remedy: "Write all pictures with one lossless encoder and no metadata.",
    measure: ({ file }) => [crc32(file.header), file.quantiser],
  },
  {
    name: "bars",
    sees: "bars of one colour at the borders",
    remedy:
      "Turn and warp only what stays inside the picture instead of padding; cut frames off the source pictures first.",
    measure: ({ border }) => border.bars,
  },
  {
    name: "black share",
    sees: "black pixels, at the border and in all",
    remedy: "Turn and warp only what stays inside the picture instead of filling with black.",
    kinds: ["choice", "turn", "pair"],
    measure: ({ border }) => [border.black, border.blackBorder],
  },
  {
    name: "byte length",
    sees: "encoded bytes per pixel",
    remedy: "Send all candidates through the same cutting, resampling and encoding, from sources of one kind.",
    kinds: ["choice", "pair"],
    measure: ({ bytes }) => [bytes],
  },
  {
    name: "sharpness",
    sees: "what resampling left of the finest detail, and pixels shown twice",
    remedy: "Send every picture, whatever its answer, through the same resampler at the same scale, supersampled.",
    kinds: ["choice", "turn", "pair"],
    measure: ({ sharpness }) => sharpness,
  },
  // Whether a grid shows depends on content; where it begins does not.
  {
    name: "block columns",
    sees: "where JPEG's 8-pixel blocks begin from the left",
    remedy: BLOCKS,
    kinds: ["turn", "sequence", "other"],
    measure: ({ grid }) => [grid.x ?? Number.NaN],
    tells: ({ grid }) => grid.x !== null,
  },
  {
    name: "block rows",
    sees: "where JPEG's 8-pixel blocks begin from the top",
    remedy: BLOCKS,
    kinds: ["turn", "sequence", "other"],
    measure: ({ grid }) => [grid.y ?? Number.NaN],
    tells: ({ grid }) => grid.y !== null,
  },
  {
    name: "block strength",
    sees: "how clearly JPEG's 8-pixel blocks show",
    remedy: BLOCKS,
    kinds: ["choice"],
    measure: ({ grid }) => [grid.strength],
  },
];

/** The probe's score on a task, or why it was not asked. */
export function runFeatureProbe(probe: FeatureProbe, task: TaskRows): Score | { readonly unasked: string } {
  const { kind } = task;
  if (probe.kinds && !probe.kinds.includes(kind.name)) {
    return { unasked: "what the pictures show differs with the answer, and would be taken for a leak" };
  }
  const score =
    kind.name === "choice"
      ? predictChoice(candidates(probe, task), kind.candidates)
      : kind.name === "sequence" && task.rows.every(({ pictures }) => pictures.length > 2)
        ? guessPieces(probe, task)
        : predictLabels(whole(probe, task));
  return score ?? { unasked: probe.tells ? "too few pictures show one" : "too few questions" };
}

/** One example per candidate: its own numbers against the others', and its rank among them. */
function candidates({ measure }: FeatureProbe, { kind, rows, answers }: TaskRows): Example[] {
  if (kind.name !== "choice") return [];
  return rows.flatMap((row) => {
    const measured = row.pictures.slice(kind.first).map((picture) => measure(picture));
    const truth = candidateOf(row.target, answers);
    return measured.map((own, place) => ({
      features: own.flatMap((value, f) => [
        value - mean(measured.flatMap((other, i) => (i === place ? [] : [other[f]]))),
        measured.filter((other) => other[f] < value).length,
        measured.filter((other) => other[f] > value).length,
      ]),
      label: place === truth ? "right" : "wrong",
      row: row.number,
      group: row.group,
    }));
  });
}

/**
 * One example per piece: which slot does it belong to? Sets differ in whether answers say which piece is in a slot or
 * which slot a piece is in; both are tried, and count as two probes.
 */
function guessPieces({ measure, tells }: FeatureProbe, { rows }: TaskRows): Score | null {
  const readings = [
    (order: readonly number[], k: number) => order.indexOf(k),
    (order: readonly number[], k: number) => order[k],
  ];
  const scores = readings.map((slotOf) =>
    predictLabels([
      rows.flatMap(({ pictures, target, number, group }): Example[] => {
        const order = sequenceOf(target) ?? [];
        if (order.length !== pictures.length) return [];
        const measured = pictures.map((picture) => measure(picture));
        return pictures.flatMap((picture, k) =>
          tells && !tells(picture)
            ? []
            : {
                features: measured[k].flatMap((value, f) => [value, value - mean(measured.map((other) => other[f]))]),
                label: String(slotOf(order, k)),
                row: number,
                group,
              },
        );
      }),
    ]),
  );
  const [a, b] = scores;
  if (!a || !b) return a ?? b;
  return { ...(a.p < b.p ? a : b), p: Math.min(1, 2 * Math.min(a.p, b.p)) };
}

/** One example per row and part of the answer: the numbers of all its pictures, and their differences to the first. */
function whole({ measure, kinds, tells }: FeatureProbe, task: TaskRows): Example[][] {
  const { kind } = task;
  const most = Math.max(...task.rows.map(({ pictures }) => pictures.length));
  const telling = task.rows.filter(({ pictures }) => !tells || tells(pictures[pictures.length - 1]));
  return answerParts(task, telling, ({ pictures }) => {
    const measured = Array.from({ length: most }, (_, k) =>
      k < pictures.length ? measure(pictures[k]) : measure(pictures[0]).map(() => Number.NaN),
    );
    const differences = measured.slice(1).flatMap((own) => own.map((value, f) => value - measured[0][f]));
    // Two turns of a picture must be alike where two pictures need not; what leaves no mark of content is free for all.
    if (kinds && kind.name === "turn") return differences;
    return kinds ? measured.flat() : [...measured.flat(), ...differences];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
