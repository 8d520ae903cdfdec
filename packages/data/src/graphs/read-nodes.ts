import { type Split, UserError } from "@ssl4rl/core";
import { cellText } from "./clean-text.js";
import type { GraphBuilder } from "./graph-builder.js";
import type { GraphFile } from "./graph-files.js";
import { readLines, readObjects } from "./text-lines.js";

/** The names a column may have. */
const TITLE = ["title", "name"];
const BODY = ["text", "abstract", "description"];
const CLASS = ["class", "label", "category"];

const SPLIT_NAMES: Readonly<Record<string, Split | null>> = {
  train: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  dev: "validation",
  test: "test",
  none: null,
  "": null,
};

/**
 * A table of nodes, `.jsonl` or `.tsv` with a header: an id (the first of `ids` that is there), and any of title, text, class, split
 * and aliases. An id that comes twice is counted; its first row stands.
 */
export async function readNodes(file: GraphFile, ids: readonly string[], graph: GraphBuilder): Promise<void> {
  const add = (row: Readonly<Record<string, unknown>>, number: number) => {
    const id = field(row, ids);
    if (!id) throw new UserError(`${file.name}, line ${number}: no ${ids.join(" or ")}. Every node needs an id.`);
    if (graph.find(id) !== undefined) return graph.leaveOut("nodes listed more than once", id);
    const split = field(row, ["split"]);
    if (split !== null && !Object.hasOwn(SPLIT_NAMES, split)) {
      throw new UserError(
        `${file.name}, line ${number}: split "${split}". There are train, validation, test and none.`,
      );
    }
    graph.describe(graph.node(id), {
      title: cellText(field(row, TITLE) ?? ""),
      body: cellText(field(row, BODY) ?? ""),
      class: cellText(field(row, CLASS) ?? ""),
      split: split === null ? null : SPLIT_NAMES[split],
      aliases: Array.isArray(row.aliases) ? row.aliases.map(String) : undefined,
    });
  };
  if (/\.jsonl(\.gz)?$/i.test(file.name)) return readObjects(file, add);
  let columns: readonly string[] | null = null;
  await readLines(file, (line, number) => {
    if (line === "") return;
    const cells = line.split("\t");
    if (!columns) {
      columns = cells.map((cell) => cell.trim().toLowerCase());
      if (!ids.some((id) => columns?.includes(id))) {
        throw new UserError(
          `${file.name}: no column ${ids.join(" or ")}. The first line names the columns, with tabs between: id, title, text, class, split.`,
        );
      }
      return;
    }
    if (cells.length !== columns.length) {
      throw new UserError(
        `${file.name}, line ${number}: ${cells.length} cells, but the first line names ${columns.length} columns. A text must hold no tab and no line break; JSONL may.`,
      );
    }
    add(Object.fromEntries(columns.map((column, i) => [column, cells[i]])), number);
  });
}

/** The first of these fields that the row has, as a text; arrays are joined. */
function field(row: Readonly<Record<string, unknown>>, names: readonly string[]): string | null {
  const value = row[names.find((name) => row[name] !== undefined && row[name] !== null) ?? ""];
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.join(" ") : String(value).trim();
}
