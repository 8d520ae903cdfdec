/** One user turn: its texts and pictures in their order, pictures as the bytes of their files. */
export type Turn = readonly (string | Uint8Array)[];

/** What the model said; or why the call failed for good, which is no wrong answer. */
export type Answer = { readonly response: string } | { readonly failure: string };

/** A model that is asked questions, wherever it runs. */
export interface Answerer {
  /** All that its answers depend on: which model, and how it is sampled. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Turns that one call of `answer` takes. */
  readonly batch: number;
  /** Calls of `answer` at once. */
  readonly concurrency: number;
  /**
   * An answer to each turn. Throws a UserError where no question can be answered at all (a wrong token, an unknown model),
   * and the signal's reason when it aborts.
   */
  answer(turns: readonly Turn[], signal: AbortSignal): Promise<Answer[]>;
}
