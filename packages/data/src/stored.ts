import type { SkippedFile } from "./folder.js";

/** Picture files with random access, wherever they are kept. Nothing is decoded yet, and little is in memory. */
export interface Stored {
  readonly name: string;
  readonly length: number;
  /** What was found and cannot be used, each with its reason. */
  readonly skipped: readonly SkippedFile[];
  /** File number `index`, 0..length-1: its bytes as they are stored, and a name for people. */
  read(index: number): Promise<{ readonly name: string; readonly bytes: Uint8Array }>;
  close(): Promise<void>;
}
