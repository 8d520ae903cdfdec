import { type Graph, graphNodes, type Item, type Need, type Source, type Task, UserError } from "@ssl4rl/core";
import {
  openDepthPairs,
  openFolder,
  openFrameFolders,
  openGraph,
  type PictureLimits,
  remember,
  type SkippedFile,
  splitByContent,
} from "@ssl4rl/data";
import type { Recipe, SourceOf } from "@ssl4rl/trainer";
import { worldSource } from "@ssl4rl/world";

export interface Pictures {
  readonly train: SourceOf;
  readonly heldOut: SourceOf;
  /** Files that were left out. */
  readonly skipped: readonly SkippedFile[];
}

type Beside = Pick<Recipe, "depth" | "videos" | "graph" | "transductive">;
type Wanted = Pick<Recipe, "images" | "size"> & Beside;

/** The pictures a recipe names, as far as its tasks need them, training and held-out apart. */
export async function openPictures(recipe: Recipe, tasks: readonly Task[]): Promise<Pictures> {
  const train = new Map<Need | null, Source<Item>>();
  const heldOut = new Map<Need | null, Source<Item>>();
  const skipped: SkippedFile[] = [];
  for (const need of needsOf(tasks)) {
    if (need === null && recipe.images === "world") {
      const size = worldSide(recipe);
      train.set(need, remember(worldSource({ seed: "train", length: recipe.worldPictures, size })));
      heldOut.set(need, worldSource({ seed: "held-out", length: recipe.evaluationQuestions, size }));
      continue;
    }
    const files = await openFiles(recipe, need);
    skipped.push(...files.skipped);
    const parts = await splitByContent(files, recipe.heldOut);
    train.set(need, parts.train);
    heldOut.set(need, parts.heldOut);
  }
  return { train: ({ needs }) => train.get(needs)!, heldOut: ({ needs }) => heldOut.get(needs)!, skipped };
}

/** All pictures of the folders (or `worldPictures` of the world), for looking, auditing or an evaluation. */
export async function openAll(wanted: Wanted, tasks: readonly Task[], worldPictures: number): Promise<SourceOf> {
  const sources = new Map<Need | null, Source<Item>>();
  for (const need of needsOf(tasks)) {
    const world = need === null && wanted.images === "world";
    sources.set(
      need,
      world
        ? worldSource({ seed: "held-out", length: worldPictures, size: worldSide(wanted) })
        : await openFiles(wanted, need),
    );
  }
  return ({ needs }) => sources.get(needs)!;
}

export function needsOf(tasks: readonly Task[]): (Need | null)[] {
  return [...new Set(tasks.map(({ needs }) => needs))];
}

async function openFiles(wanted: Wanted, need: Need | null): Promise<WithSkipped> {
  const limits = pictureLimits(wanted);
  return need === null ? openFolder(wanted.images, limits) : openNeeded(wanted, need, limits);
}

/** Photos keep a little more than twice the side that tasks emit: enough to resample from, little to hold in memory. */
export function pictureLimits({
  size,
  minSide = 56,
}: {
  readonly size: number;
  readonly minSide?: number;
}): PictureLimits {
  return { minSide, maxSide: Math.max(256, Math.ceil(2.25 * size)) };
}

type WithSkipped = Source<Item> & { readonly skipped: readonly SkippedFile[] };

/** What tasks need beside pictures. */
export async function openNeeded(beside: Beside, need: Need, limits: PictureLimits): Promise<WithSkipped> {
  const path = pathOf(beside, need);
  if (!path) {
    const { what, flag, source } = needWords[need];
    throw new UserError(`Some of the tasks need ${what}: give ${flag} DIR, ${source}.`, 2);
  }
  if (need === "graph") return nodesOf(await openGraph(path), beside);
  return need === "depth" ? openDepthPairs(path, limits) : openFrameFolders(path, limits);
}

/** Where what a task needs beside pictures lies; undefined where nothing was given. */
export function pathOf({ depth, videos, graph }: Omit<Beside, "transductive">, need: Need): string | undefined {
  return { depth, frames: videos, graph }[need];
}

/** The nodes of an open graph, and what its files hold beside them. */
export function nodesOf(graph: Graph, { transductive }: Pick<Recipe, "transductive">): WithSkipped {
  const skipped = graph.leftOut.map(({ reason, count, first }) => {
    const some = first.length > 0 ? `: ${first.join(", ")}${count > first.length ? " …" : ""}` : "";
    return { file: `${graph.name}${some}`, reason: `${reason} (${count})` };
  });
  return { ...graphNodes(graph, { transductive }), skipped };
}

/** What there is beside pictures, in words. */
export const needWords: Readonly<Record<Need, { what: string; items: string; flag: string; source: string }>> = {
  depth: { what: "a depth", items: "RGB-D pairs", flag: "--depth", source: "a folder of RGB-D pairs" },
  frames: { what: "frames", items: "videos", flag: "--videos", source: "a folder of videos or frame folders" },
  graph: { what: "a graph", items: "nodes", flag: "--graph", source: "a graph in files" },
};

/** What a source for this need holds, in words. */
export function itemsOf(need: Need | null): string {
  return need === null ? "pictures" : needWords[need].items;
}

/** World pictures are drawn a little larger than tasks emit, so that they are resampled as photos are. */
export function worldSide({ size }: { readonly size: number }): number {
  return Math.round(size * 1.25);
}
