import { UserError } from "@ssl4rl/core";
import type { BuiltRow } from "../built-row.js";

/** A piece of the user's message: words, or the next picture. */
export interface Part {
  readonly type: "text" | "image";
  /** Null for a picture, which takes its place in the order of the row's images. */
  readonly text: string | null;
}

/** What verl, EasyR1 and ms-swift take for a picture, a video or a sound, wherever it stands. */
const MARK = /<(?:image|video|audio)>/;

/** The user's message, word for word as our own trainer puts it: the pictures, each after its label, then the prompt. */
export function contentOf(row: BuiltRow): Part[] {
  for (const text of [...row.labels, row.prompt]) {
    const mark = MARK.exec(text)?.[0];
    if (mark) {
      throw new UserError(
        `Row ${row.index} (${row.task}, ${row.picture}): the text holds ${mark}, which trainers replace by a file of ` +
          "their own. Reword the task's prompt or labels.",
      );
    }
  }
  const image: Part = { type: "image", text: null };
  const labelled = row.labels.length > 0;
  return [
    ...row.images.flatMap((_, i) => (labelled ? [words(`${row.labels[i]} `), image, words("\n")] : [image])),
    words(row.prompt),
  ];
}

const words = (text: string): Part => ({ type: "text", text });

/** The same message as one string, with `<image>` where a picture stands. */
export function markedText(row: BuiltRow): string {
  return contentOf(row)
    .map(({ text }) => text ?? "<image>")
    .join("");
}
