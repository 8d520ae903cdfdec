import type { PixelLimits } from "@ssl4rl/models";
import type { Limits } from "./limits.js";

/** One user turn: its texts and pictures in their order, pictures as the bytes of their files. */
export type Turn = readonly (string | Uint8Array)[];

/** What the model said; or why the call failed for good, which is no wrong answer. */
export type Answer = { readonly response: string } | { readonly failure: string };

/** A model that is asked questions, wherever it runs. */
export interface Answerer {
  /** What its answers depend on beside their limits: which model, and how it is sampled. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** The area of pictures that it was made for; null: its server says. */
  readonly ownArea: PixelLimits | null;
  /** Turns that one call of `answer` takes. */
  readonly batch: number;
  /** Calls of `answer` at once. */
  readonly concurrency: number;
  /**
   * An answer to each turn. Throws a UserError where no question can be answered at all (a wrong token, an unknown model),
   * and the signal's reason when it aborts.
   */
  answer(turns: readonly Turn[], limits: Limits, signal: AbortSignal): Promise<Answer[]>;
}
