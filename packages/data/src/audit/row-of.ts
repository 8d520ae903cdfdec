import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type AnswerSpec, UserError } from "@ssl4rl/core";
import type { AuditRow } from "./row.js";

interface Place {
  readonly file: string;
  readonly where: string;
  /** The split that the file's name tells. */
  readonly split: string | null;
}

/**
 * A row in verl's layout: `data_source` is the task, `reward_model.ground_truth` the answer, `images` the pictures, each
 * as bytes (base64 in JSON) or as a path beside the file.
 */
export async function rowOf(
  values: Readonly<Record<string, unknown>>,
  { file, where, split }: Place,
): Promise<AuditRow> {
  const task = values.data_source;
  if (typeof task !== "string" || task === "") throw wrong("data_source", "the task's name", task);
  const truth = fieldOf(values.reward_model, "ground_truth");
  const target = Array.isArray(truth) ? truth.join(",") : typeof truth === "number" ? String(truth) : truth;
  if (typeof target !== "string" || target === "") throw wrong("reward_model.ground_truth", "the true answer", truth);
  const images = values.images ?? [];
  if (!Array.isArray(images)) throw wrong("images", "a list of pictures", images);
  const words = images.length === 0 ? wordsOf(values) : null;
  if (words === null && images.length === 0) throw wrong("images", "a list of pictures", values.images);
  const stated = fieldOf(values.extra_info, "split");
  return {
    task,
    target,
    split: split ?? (typeof stated === "string" && stated !== "" ? stated : "all"),
    pictures: await Promise.all(images.map((image, i) => pictureOf(image, i))),
    where,
    ...(words && { words }),
  };

  async function pictureOf(image: unknown, i: number): Promise<Uint8Array> {
    if (image instanceof Uint8Array) return image;
    const bytes = fieldOf(image, "bytes");
    if (bytes instanceof Uint8Array) return bytes;
    if (typeof bytes === "string") return Buffer.from(bytes, "base64");
    const path = typeof image === "string" ? image : (fieldOf(image, "path") ?? fieldOf(image, "image"));
    if (typeof path !== "string") throw wrong(`images[${i}]`, "bytes or a path", image);
    const inline = /^data:[^,]*;base64,/.exec(path);
    if (inline) return Buffer.from(path.slice(inline[0].length), "base64");
    const full = path.startsWith("file://") ? fileURLToPath(path) : resolve(dirname(file), path);
    return readFile(full).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(
        `${where}: images[${i}] is ${path}, which cannot be read (${error.code ?? error.message}). ` +
          "Paths count from the set's own folder.",
      );
    });
  }

  function wrong(field: string, expected: string, got: unknown): UserError {
    const shown = got === undefined ? "nothing" : (JSON.stringify(got)?.slice(0, 60) ?? String(got));
    return new UserError(
      `${where}: ${field} should be ${expected}, got ${shown}. The set must be in verl's layout: data_source, images, ` +
        "reward_model.ground_truth.",
    );
  }
}

/** Of a question without pictures: what the user asks, and the kind of its answers; null where the row does not say. */
function wordsOf({ prompt, extra_info }: Readonly<Record<string, unknown>>): AuditRow["words"] | null {
  const content = Array.isArray(prompt) ? fieldOf(prompt.at(-1), "content") : prompt;
  const answer = fieldOf(extra_info, "answer");
  if (typeof content !== "string" || typeof answer !== "string") return null;
  return { prompt: content, answer: JSON.parse(answer) as AnswerSpec };
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
