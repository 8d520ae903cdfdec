import { createHash } from "node:crypto";
import type { RewardWeights } from "@ssl4rl/core";
import type { Recipe } from "@ssl4rl/trainer";

/** The parts of a set, in the order in which pictures are dealt out to them. */
export const splits = ["validation", "test", "train"] as const;

export type Split = (typeof splits)[number];

/** Everything that decides the bytes of a set: the same plan on the same pictures gives the same files. */
export interface Plan {
  /** Folders or files of pictures, `world`, and what some tasks need beside. */
  readonly images: string;
  readonly depth?: string;
  readonly videos?: string;
  readonly graph?: string;
  readonly transductive?: boolean;
  /** Shorter sides below this many pixels are left out. */
  readonly minSide: number;
  /** Whether pictures that look nearly the same as an earlier one are left out. */
  readonly dedupe: boolean;
  readonly worldPictures: number;
  readonly tasks: Recipe["tasks"];
  readonly size: number;
  readonly protocol: string;
  readonly reward: RewardWeights;
  readonly seed: number;
  /** Shares of the pictures, and so of the rows; the rest is for training. */
  readonly shares: { readonly validation: number; readonly test: number };
  /** Rows of all splits together. */
  readonly rows: number;
  readonly rowsPerFile: number;
  readonly format: string;
}

/** One file of a set. */
export interface FileOfSet {
  readonly name: string;
  readonly split: Split;
  /** Its rows among those of its split: from `start` up to `end`. */
  readonly start: number;
  readonly end: number;
}

/** The rows of each split; the shares are rounded, training has what is left. */
export function rowsOf({ rows, shares }: Pick<Plan, "rows" | "shares">): Readonly<Record<Split, number>> {
  const [validation, test] = [Math.round(rows * shares.validation), Math.round(rows * shares.test)];
  return { validation, test, train: rows - validation - test };
}

/** All files of a set, in the order of their rows. `train-00002-of-00010.parquet`, as `datasets` names them. */
export function filesOf(plan: Pick<Plan, "rows" | "shares" | "rowsPerFile">, extension: string): FileOfSet[] {
  const rows = rowsOf(plan);
  return splits.flatMap((split) => {
    const count = Math.ceil(rows[split] / plan.rowsPerFile);
    return Array.from({ length: count }, (_, k) => ({
      name: `${split}-${digits(k)}-of-${digits(count)}.${extension}`,
      split,
      start: k * plan.rowsPerFile,
      end: Math.min(rows[split], (k + 1) * plan.rowsPerFile),
    }));
  });
}

const digits = (number: number) => String(number).padStart(5, "0");

/**
 * Tells apart two builds that share a folder by mistake. `pictures` are the content ids of all that are used, in order;
 * where they lie does not matter.
 */
export function fingerprintOf(plan: Plan, pictures: readonly string[]): string {
  const { images, depth, videos, graph, ...rest } = plan;
  return createHash("sha256")
    .update(JSON.stringify({ ...rest, pictures }))
    .digest("hex");
}
