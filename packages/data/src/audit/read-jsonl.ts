import { createReadStream } from "node:fs";
import { UserError } from "@ssl4rl/core";
import type { StoredRow } from "./read-parquet.js";

/** Objects of a JSONL file, a line at a time; `line` counts from 1. */
export async function* readJsonl(path: string): AsyncGenerator<StoredRow & { readonly line: number }> {
  let line = 0;
  for await (const text of linesOf(path)) {
    line++;
    if (text.trim() === "") continue;
    const where = `${path}, line ${line}`;
    let values: unknown;
    try {
      values = JSON.parse(text);
    } catch (error) {
      throw new UserError(`${where}: ${(error as Error).message}. Each line must be one JSON object.`);
    }
    if (typeof values !== "object" || values === null || Array.isArray(values)) {
      throw new UserError(`${where}: expected a JSON object, got ${text.slice(0, 40)}.`);
    }
    yield { values: values as StoredRow["values"], line, where };
  }
}

/** Not node:readline: from Node 24 on it ends a line at U+2028 and U+2029 too, which may stand in JSON text. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const chunk of createReadStream(path, "utf8")) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${(error as Error).message}. Give a JSONL file.`);
  }
  yield rest;
}
