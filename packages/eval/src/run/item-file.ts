import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import type { ItemResult } from "../item-result.js";
import { appendLine, cutTornLine, readLines, writeWhole } from "./json-lines.js";

export type Settings = Readonly<Record<string, string | number>>;

/**
 * What an evaluation leaves of one benchmark, in `OUT/<benchmark>`:
 *
 *     settings.json   benchmark, protocol, model and sampling: what all items have in common
 *     items.jsonl     an ItemResult for each question, as it is answered; of two of one id the later counts
 *     scores.json     see Scores; written at the end
 */
export class ItemFile {
  private constructor(readonly folder: string) {}

  /** Opens or makes the folder. Throws a UserError where it holds what another model or protocol gave. */
  static open(folder: string, settings: Settings): ItemFile {
    const file = join(folder, "settings.json");
    if (existsSync(file)) {
      const before = JSON.parse(readFileSync(file, "utf8")) as Settings;
      const names = new Set([...Object.keys(before), ...Object.keys(settings)]);
      const other = [...names].find((name) => before[name] !== settings[name]);
      if (other) {
        throw new UserError(
          `${folder} holds answers with ${other} ${before[other] ?? "unset"}, not ${settings[other] ?? "unset"}. Choose another folder with --out.`,
        );
      }
    } else {
      mkdirSync(folder, { recursive: true });
      writeWhole(file, settings);
    }
    const items = new ItemFile(folder);
    let end = 0;
    for (const { start, length } of readLines(items.path)) end = start + length + 1;
    cutTornLine(items.path, end);
    return items;
  }

  private get path(): string {
    return join(this.folder, "items.jsonl");
  }

  append(item: ItemResult): void {
    appendLine(this.path, item);
  }

  /** All items, in the order in which they were written; `items.jsonl` may have an id twice. */
  *read(): Generator<ItemResult> {
    for (const { value } of readLines(this.path)) yield value as ItemResult;
  }

  writeScores(scores: unknown): void {
    writeWhole(join(this.folder, "scores.json"), scores);
  }
}
