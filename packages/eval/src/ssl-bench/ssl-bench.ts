import { answerOnly, thinkAnswer, thinkBoxed } from "@ssl4rl/core";
import type { Benchmark } from "../benchmark.js";
import { accuracy, meanOver } from "../metric.js";
import { verified } from "./verified.js";

/** A column of a self-supervised bench: a task at one difficulty. */
export interface SslColumn {
  /** `rotation-90`: what its questions have as their label `column`. */
  readonly code: string;
  readonly task: string;
  readonly options: Readonly<Record<string, string | number>>;
}

/** A benchmark of self-supervised tasks, whose questions are made of pictures that nobody labelled. */
export interface SslBench extends Benchmark {
  readonly columns: readonly SslColumn[];
}

/** Questions of each column; SSL-R1's Table 4 has as many, for all its cells are multiples of 0.02. */
export const ROWS_PER_COLUMN = 5000;

const boxed = verified(thinkBoxed, "SSL-R1's form; the wording is ours");
const tagged = verified(thinkAnswer, "SSL4RL's form; the wording is ours");
const short = verified(answerOnly, "ours: an answer tag without reasoning");

const column = (code: string, task: string, options: SslColumn["options"]): SslColumn => ({ code, task, options });
const tiles = (n: number) => ({ rows: n, columns: n, layout: "tiles" });

/** SSL-R1's five tasks, each at two difficulties, in the order of its Table 4. Answers count when they are wholly right. */
export const sslR1Bench = sslBench({
  id: "ssl-r1-bench",
  title: "SSL-R1's tasks",
  protocols: [boxed, tagged, short],
  columns: [
    column("correspondence-4", "correspondence", { points: 4 }),
    column("correspondence-6", "correspondence", { points: 6 }),
    column("ordering-2x2", "jigsaw", tiles(2)),
    column("ordering-3x3", "jigsaw", tiles(3)),
    column("rotation-90", "rotation", { step: 90, direction: "clockwise" }),
    column("rotation-45", "rotation", { step: 45, direction: "clockwise" }),
    column("similarity-weak", "similarity", { strength: "weak" }),
    column("similarity-strong", "similarity", { strength: "strong" }),
    column("inpainting-25", "inpainting", { share: 0.25 }),
    column("inpainting-50", "inpainting", { share: 0.5 }),
  ],
});

/** SSL4RL's four tasks at every difficulty of its Tables 9 to 13. Jigsaws count when they are wholly right. */
export const ssl4rlBench = sslBench({
  id: "ssl4rl-bench",
  title: "SSL4RL's tasks",
  protocols: [tagged, boxed, short],
  columns: [
    column("rotation-90", "rotation", { step: 90, direction: "counter-clockwise" }),
    column("rotation-45", "rotation", { step: 45, direction: "counter-clockwise" }),
    ...[2, 3, 4, 5].map((n) => column(`jigsaw-${n}x${n}`, "jigsaw", tiles(n))),
    column("contrastive-weak", "contrastive", { strength: "weak", probabilities: "paper" }),
    column("contrastive-strong", "contrastive", { strength: "strong", probabilities: "paper" }),
    ...[2, 3, 4, 5].map((n) => column(`position-${n}x${n}`, "position", { grid: n })),
  ],
});

export const sslBenches: readonly SslBench[] = [sslR1Bench, ssl4rlBench];

function sslBench(own: Pick<SslBench, "id" | "title" | "protocols" | "columns">): SslBench {
  return {
    ...own,
    modality: "several images",
    size: ROWS_PER_COLUMN * own.columns.length,
    layouts: [],
    metrics: [
      meanOver("mean of columns", "column"),
      ...own.columns.map(({ code }) => accuracy(code, ({ labels }) => labels.column === code)),
    ],
  };
}
