import type { Graph, Item, Need, Source, Task } from "@ssl4rl/core";
import { decoded, openGraph, type SkippedFile, type Stored } from "@ssl4rl/data";
import { worldSource } from "@ssl4rl/world";
import { needsOf, nodesOf, openNeeded, pictureLimits, worldSide } from "../sources.js";
import type { Plan } from "./plan.js";

/** The pictures of one kind, and what was found beside them that cannot be used. */
export interface Opened {
  readonly source: Source<Item>;
  readonly skipped: readonly SkippedFile[];
}

/** Whether the plan's pictures are files, which have to be opened before. */
export function needsFiles({ images }: Plan, tasks: readonly Task[]): boolean {
  return images !== "world" && tasks.some(({ needs }) => needs === null);
}

/** The graph of the plan, where tasks are posed on one; `reading` is told how far it is read. */
export async function planGraph(
  plan: Plan,
  tasks: readonly Task[],
  reading: (state: string) => void,
): Promise<Graph | null> {
  const wanted = plan.graph !== undefined && tasks.some(({ needs }) => needs === "graph");
  return wanted ? openGraph(plan.graph!, { reading }) : null;
}

/**
 * What each kind of task is posed on, decoded when asked for; `stored` where the plan {@link needsFiles}, `graph` where one was
 * opened before.
 */
export async function openKinds(
  plan: Plan,
  tasks: readonly Task[],
  stored: Stored | null,
  graph: Graph | null,
): Promise<ReadonlyMap<Need | null, Opened>> {
  const opened = new Map<Need | null, Opened>();
  for (const need of needsOf(tasks)) opened.set(need, await openOne(plan, need, stored, graph));
  return opened;
}

async function openOne(plan: Plan, need: Need | null, stored: Stored | null, graph: Graph | null): Promise<Opened> {
  const limits = pictureLimits(plan);
  if (need !== null) {
    const beside = { ...plan, transductive: plan.transductive ?? false };
    const source = need === "graph" && graph ? nodesOf(graph, beside) : await openNeeded(beside, need, limits);
    return { source, skipped: source.skipped };
  }
  if (stored) return { source: decoded(stored, limits), skipped: stored.skipped };
  const world = worldSource({ seed: "build", length: plan.worldPictures, size: worldSide(plan) });
  return { source: world, skipped: [] };
}
