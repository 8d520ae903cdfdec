import { type Cell, noFigure, type Table } from "../table/table.js";
import type { RewardCurve } from "./reward-curves.js";

/** Stretches that a table cuts the steps into. */
const STRETCHES = 10;

/** Reward curves in figures: the mean over each tenth of the longest run's steps. */
export function rewardTable(curves: readonly RewardCurve[]): Table {
  const steps = Math.max(0, ...curves.flatMap(({ points }) => points.map(({ step }) => step + 1)));
  const width = Math.max(1, Math.ceil(steps / STRETCHES));
  const starts = Array.from({ length: Math.ceil(steps / width) }, (_, i) => i * width);
  return {
    title: "Mean training reward",
    corner: "Run",
    columns: starts.map((start) => ({ group: "Steps", label: `${start + 1}–${Math.min(start + width, steps)}` })),
    rows: curves.map((curve) => ({
      label: curveName(curve),
      kind: "run",
      cells: starts.map((start): Cell => {
        const own = curve.points.filter(({ step }) => step >= start && step < start + width);
        if (own.length === 0) return noFigure;
        const mean = own.reduce((sum, { reward }) => sum + reward, 0) / own.length;
        return { text: mean.toFixed(3), value: mean };
      }),
    })),
    notes: ["Means over the rollouts of these steps. Rewards of runs with other weights do not compare."],
  };
}

/** `both: rotation@1`, or the run alone for its mean over all tasks. */
export function curveName({ run, task }: RewardCurve): string {
  return task === null ? `${run}: all tasks` : `${run}: ${task}`;
}
