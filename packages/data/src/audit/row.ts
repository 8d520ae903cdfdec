import type { AnswerSpec, Image } from "@ssl4rl/core";

/** One question of a built set, as the audit sees it: of words only those of questions without pictures. */
export interface AuditRow {
  /** The set's name for the task; rows of one name are judged together. */
  readonly task: string;
  readonly split: string;
  /** The picture it was made of, where the set says so. Rows of one source are never taken for independent. */
  readonly source?: string;
  /** Picture files as the set stores them, or pixels that were never in a file. */
  readonly pictures: readonly (Uint8Array | Image)[];
  /** What is asked, and what answers are made of, where there is no picture. */
  readonly words?: { readonly prompt: string; readonly answer: AnswerSpec };
  /** The true answer as the set prints it. */
  readonly target: string;
  /** Where it stands, for messages: file and row. */
  readonly where: string;
}
