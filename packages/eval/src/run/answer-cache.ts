import { hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import type { Answerer, Turn } from "./answerer.js";
import { appendLine, cutTornLine, readLines } from "./json-lines.js";

/**
 * What a model has answered, `answers.jsonl`: a line for each turn, by a key of all that the answer depends on. A question
 * that another benchmark or another rule of reading asks in the same words is then not asked again. Responses stay on the disk.
 */
export class AnswerCache {
  private readonly places = new Map<string, { readonly start: number; readonly length: number }>();
  private end = 0;

  constructor(private readonly path: string) {
    for (const { value, start, length } of readLines(path)) {
      this.places.set((value as Cached).key, { start, length });
      this.end = start + length + 1;
    }
    cutTornLine(path, this.end);
  }

  get(key: string): string | null {
    const place = this.places.get(key);
    if (!place) return null;
    const bytes = Buffer.alloc(place.length);
    const file = openSync(this.path, "r");
    try {
      readSync(file, bytes, 0, place.length, place.start);
    } finally {
      closeSync(file);
    }
    return (JSON.parse(bytes.toString("utf8")) as Cached).response;
  }

  set(key: string, response: string): void {
    const bytes = appendLine(this.path, { key, response } satisfies Cached);
    this.places.set(key, { start: this.end, length: bytes - 1 });
    this.end += bytes;
  }
}

interface Cached {
  readonly key: string;
  readonly response: string;
}

/** A turn with its pictures by their content. */
export type TurnContent = readonly (string | { readonly picture: string })[];

export function contentOfTurn(turn: Turn): TurnContent {
  return turn.map((part) => (typeof part === "string" ? part : { picture: sha256(part) }));
}

/** SHA-256 of all that an answer depends on: the model, how it is sampled, its limits, and the turn. */
export function answerKey(settings: Answerer["settings"], content: TurnContent): string {
  return sha256(JSON.stringify([settings, content]));
}

function sha256(content: string | Uint8Array): string {
  return hash("sha256", content);
}
