import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { readJsonl } from "./read-jsonl.js";
import { readParquet } from "./read-parquet.js";
import type { AuditRow } from "./row.js";
import { rowOf } from "./row-of.js";

/**
 * The rows of a built set in verl's layout, which SSL4RL's is too: a Parquet or JSONL file, or a folder of them at any
 * depth. The split is the one that the file's name tells, else the one the row names. Reads a row group, or a line, at a
 * time.
 */
export async function* readSet(path: string): AsyncGenerator<AuditRow> {
  for (const file of await filesOf(path)) {
    const rows = file.endsWith(".parquet") ? readParquet(file) : readJsonl(file);
    for await (const { values, where } of rows) yield await rowOf(values, { file, where, split: splitOf(file) });
  }
}

async function filesOf(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => null);
  if (!info) throw new UserError(`No file or folder ${path}. Give a built set: Parquet, JSONL, or a folder of them.`);
  if (!info.isDirectory()) {
    if (!isSet(path)) throw new UserError(`${path} is no .parquet or .jsonl file. Write the set as one of these.`);
    return [path];
  }
  const files = (await readdir(path, { recursive: true })).filter(isSet).sort((a, b) => (a < b ? -1 : 1));
  if (files.length === 0)
    throw new UserError(`No .parquet or .jsonl file under ${path}. Give the folder of a built set.`);
  return files.map((file) => join(path, file));
}

const isSet = (file: string) => /\.(parquet|jsonl)$/.test(file);

function splitOf(file: string): string | null {
  const name = /(?:^|[^a-z])(train|test|val|valid|validation|dev)(?:[^a-z]|$)/i.exec(basename(file))?.[1].toLowerCase();
  if (!name) return null;
  return name.startsWith("val") ? "val" : name;
}
