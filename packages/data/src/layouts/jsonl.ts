import { writeFile } from "node:fs/promises";
import { scoringOf } from "./columns.js";
import { markedText } from "./content.js";
import type { Layout, Rows } from "./layout.js";

/** A JSON object a line, for anything else: nothing is packed into strings but the pictures, which are data URIs. */
export const jsonl: Layout = {
  name: "jsonl",
  extension: "jsonl",
  write: (path, rows, pictures = true) => writeFile(path, lines(rows, pictures)),
};

async function* lines(rows: Rows, pictures: boolean): AsyncGenerator<string> {
  for await (const row of rows) {
    const { index, split, options, picture, key } = row;
    const images = row.images.map(({ bytes }) => `data:image/png;base64,${Buffer.from(bytes).toString("base64")}`);
    const shown = pictures ? { images } : {};
    const values = { prompt: markedText(row), ...shown, ...scoringOf(row), options, index, split, picture, key };
    yield `${JSON.stringify(values)}\n`;
  }
}
