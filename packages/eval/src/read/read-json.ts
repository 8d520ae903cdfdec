import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "@ssl4rl/core";
import { readJsonl } from "@ssl4rl/data";
import { Row } from "./row.js";

/** What a JSON file holds. Throws a UserError that says where it is broken. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new UserError(`${path} cannot be read: ${error.message}.`);
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new UserError(`${path} is no JSON: ${(error as Error).message}. Fetch the file again.`);
  }
}

/** The records of a JSON list. */
export async function readRecords(path: string): Promise<Row[]> {
  const list = await readJson(path);
  if (!Array.isArray(list)) throw new UserError(`${path} should hold a list of records. Fetch the file again.`);
  return list.map((values, i) => record(path, `record ${i}`, values));
}

/** The records of a JSON object, by their keys. */
export async function readKeyed(path: string): Promise<[key: string, row: Row][]> {
  const all = await readJson(path);
  if (typeof all !== "object" || all === null || Array.isArray(all)) {
    throw new UserError(`${path} should hold an object of records. Fetch the file again.`);
  }
  return Object.entries(all).map(([key, values]) => [key, record(path, key, values)]);
}

/** The records of a file with one JSON object a line. */
export async function readLines(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { values, line } of readJsonl(path)) rows.push(record(path, `line ${line}`, values));
  return rows;
}

function record(path: string, place: string, values: unknown): Row {
  const where = `${basename(path)}, ${place}`;
  if (typeof values !== "object" || values === null) {
    throw new UserError(`${where}: expected an object, got ${JSON.stringify(values)}. Fetch the file again.`);
  }
  return new Row(where, values as Record<string, unknown>);
}
