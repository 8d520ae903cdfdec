import type { AnswerSpec } from "@ssl4rl/core";

/** A picture of a question. Nothing is read before it is asked for. */
export interface QuestionImage {
  readonly name: string;
  /** The picture as a file's bytes: PNG, JPEG, … */
  bytes(): Promise<Uint8Array>;
}

/** x1, y1, x2, y2 in pixels of the picture as it is stored. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

/** What the answer is compared with. */
export type Target =
  /** The letter of the right choice. */
  | { readonly kind: "letter"; readonly letter: string }
  /** A word or a phrase; any of these is right. */
  | { readonly kind: "text"; readonly accepted: readonly string[] }
  /** A value in text or LaTeX. `decimals` are those that the question asks for. */
  | { readonly kind: "value"; readonly value: string; readonly type: ValueType; readonly decimals: number }
  /** An answer of a self-supervised task, as its kind prints it. */
  | { readonly kind: "answer"; readonly answer: string; readonly spec: AnswerSpec }
  | { readonly kind: "box"; readonly box: Box }
  /** All boxes of one category in one picture; see nms-ap.ts. */
  | { readonly kind: "detection"; readonly image: number; readonly category: number; readonly truth: Detections };

export type ValueType = "free" | "integer" | "float" | "list";

/** The annotated boxes of a set of pictures that are scored together. */
export interface Detections {
  readonly name: string;
  readonly sizes: ReadonlyMap<number, { readonly width: number; readonly height: number }>;
  readonly boxes: readonly { readonly image: number; readonly category: number; readonly box: Box }[];
}

/** A question of a benchmark as its file has it, before a protocol words it. */
export interface Question {
  /** Unique in the benchmark. */
  readonly id: string;
  /** The question without its choices; `<image>` marks where a picture goes, without marks they come first. */
  readonly text: string;
  readonly hint?: string;
  readonly images: readonly QuestionImage[];
  /** Choices by their letters, in order; or the words to choose from by themselves. */
  readonly choices?: Readonly<Record<string, string>>;
  readonly target: Target;
  /** Names what is scored together: the turns of one question, the two of a pair. */
  readonly group: string;
  /** What the benchmark says of the question: its category and the like. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the pictures are made of another one when they are asked for: its name. */
  picture?(): Promise<string>;
}
