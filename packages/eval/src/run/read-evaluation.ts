import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import type { ItemResult } from "../item-result.js";
import type { Settings } from "./item-file.js";
import { readLines } from "./json-lines.js";
import type { Scores } from "./scores.js";

/** The results of one model, as `ssl4rl eval --out` left them. */
export interface Evaluation {
  readonly results: readonly ItemResult[];
  /** Of the benchmarks that were asked to their end. */
  readonly scores: readonly Scores[];
}

/** Whether a folder holds an evaluation. */
export function holdsEvaluation(path: string): boolean {
  return benchmarksIn(path).length > 0;
}

/** Reads an evaluation's folder. Throws a UserError where there is none. */
export function readEvaluation(path: string): Evaluation {
  const folders = benchmarksIn(path);
  if (folders.length === 0) {
    throw new UserError(`No evaluation in ${path}: no folder in it has items.jsonl. ssl4rl eval --out makes one.`);
  }
  return {
    results: folders.flatMap((folder) => {
      // Of a question that was asked again after its call had failed, the later item counts.
      const items = new Map<string, ItemResult>();
      for (const { value } of readLines(join(folder, "items.jsonl")))
        items.set((value as ItemResult).id, value as ItemResult);
      return [...items.values()];
    }),
    scores: folders.flatMap((folder) => {
      const file = join(folder, "scores.json");
      return existsSync(file) ? [JSON.parse(readFileSync(file, "utf8")) as Scores] : [];
    }),
  };
}

/** What the questions and answers of one benchmark of an evaluation depend on. */
export function readSettings(path: string, benchmark: string): Settings {
  return JSON.parse(readFileSync(join(path, benchmark, "settings.json"), "utf8")) as Settings;
}

function benchmarksIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((folder) => existsSync(join(folder, "items.jsonl")));
}
