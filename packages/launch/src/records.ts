import type { SampleRecord } from "@ssl4rl/trainer";

type Response = SampleRecord["responses"][number];

/** A prompt with its responses, as assets/job.py judged them. */
export interface ToldGroup {
  readonly task: string;
  readonly prompt: string;
  readonly target: string;
  readonly responses: readonly Response[];
}

export interface ToldTask {
  readonly n: number;
  readonly reward: number;
  readonly accuracy: number;
  /** Share of responses in the form. */
  readonly format: number;
}

export type ToldTasks = Readonly<Record<string, ToldTask>>;

/** What assets/job.py tells in the log. */
export type JobRecord =
  | {
      readonly begin: "train" | "check" | "merge";
      readonly trainer: string;
      /** Of the Python packages that matter. */
      readonly versions: Readonly<Record<string, string>>;
      /** The text of recipe.yaml. */
      readonly recipe: string;
    }
  /** The job will not go on, and why. */
  | { readonly refused: string }
  | { readonly checked: true }
  | {
      /** The trainer's count, from 1; 0 is before training. */
      readonly step: number;
      /** The trainer's own metrics. */
      readonly data: Readonly<Record<string, number | null>>;
      readonly tasks?: ToldTasks;
      /** Share of prompts whose responses all earned the same; null where it is not known. */
      readonly alike?: number | null;
      readonly samples?: readonly ToldGroup[];
    }
  | {
      /** After how many steps the model was asked. */
      readonly validation: number;
      readonly tasks: ToldTasks;
      readonly samples: readonly ToldGroup[];
    }
  | { readonly trained: true }
  /** A folder on the cluster, in Hugging Face layout. */
  | { readonly merged: string };

const MARK = /@ssl4rl([+=]) (.*)$/;

/** Finds records in a log that comes line by line. */
export class RecordReader {
  private part = "";

  /** The record that a line ends; null for any other line. */
  next(line: string): JobRecord | null {
    const found = MARK.exec(line);
    if (!found) return null;
    const [, sign, piece] = found;
    const text = this.part + piece;
    this.part = sign === "+" ? text : "";
    if (sign === "+") return null;
    try {
      return JSON.parse(text) as JobRecord;
    } catch {
      // Torn by another process's words, or by a log that was cut.
      return null;
    }
  }
}

export function isRecord(line: string): boolean {
  return MARK.test(line);
}
