import { type Need, type Source, type Task, UserError } from "@ssl4rl/core";
import { decoded, openDepthPairs, openFrameFolders, type SkippedFile, type Stored } from "@ssl4rl/data";
import { worldSource } from "@ssl4rl/world";
import type { Plan } from "./plan.js";

/** The pictures of one kind, and what was found beside them that cannot be used. */
export interface Opened {
  readonly source: Source;
  readonly skipped: readonly SkippedFile[];
}

/** Whether the plan's pictures are files, which have to be opened before. */
export function needsFiles({ images }: Plan, tasks: readonly Task[]): boolean {
  return images !== "world" && tasks.some(({ needs }) => needs === null);
}

/** The pictures of each kind that tasks need, decoded when asked for; `stored` where the plan {@link needsFiles}. */
export async function openPictures(
  plan: Plan,
  tasks: readonly Task[],
  stored: Stored | null,
): Promise<ReadonlyMap<Need | null, Opened>> {
  const opened = new Map<Need | null, Opened>();
  for (const { needs } of tasks) {
    if (!opened.has(needs)) opened.set(needs, await openOne(plan, needs, stored));
  }
  return opened;
}

async function openOne(plan: Plan, need: Need | null, stored: Stored | null): Promise<Opened> {
  // A little more than twice the side that tasks emit: enough to resample from.
  const limits = { minSide: plan.minSide, maxSide: Math.max(256, Math.ceil(2.25 * plan.size)) };
  if (need === null) {
    if (stored) return { source: decoded(stored, limits), skipped: stored.skipped };
    const size = Math.round(plan.size * 1.25);
    return { source: worldSource({ seed: "build", length: plan.worldPictures, size }), skipped: [] };
  }
  const path = need === "depth" ? plan.depth : plan.videos;
  if (!path) {
    const flag = need === "depth" ? "--depth DIR, a folder of RGB-D pairs" : "--videos DIR, videos or frame folders";
    throw new UserError(`Some of the tasks need ${need === "depth" ? "a depth" : "frames"}: give ${flag}.`, 2);
  }
  const source = await (need === "depth" ? openDepthPairs(path, limits) : openFrameFolders(path, limits));
  return { source, skipped: source.skipped };
}
