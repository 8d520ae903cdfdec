import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { UserError } from "@ssl4rl/core";
import type { StoredRow } from "./read-parquet.js";

export async function* readJsonl(path: string): AsyncGenerator<StoredRow> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
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
    yield { values: values as StoredRow["values"], where };
  }
}
