import type { AnswerSpec, RewardWeights } from "@ssl4rl/core";

/** A question as it leaves the builder, before it takes the layout that some trainer reads. */
export interface BuiltRow {
  /** Place in the whole set, whatever shard or file the row is in. */
  readonly index: number;
  readonly split: string;
  /** `rotation@1` */
  readonly task: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** What the user asks, without the pictures: the question and the form of the response. */
  readonly prompt: string;
  /** PNG files, 8-bit RGB, sides whole visual tokens; shown before the prompt, in this order. */
  readonly images: readonly { readonly bytes: Uint8Array; readonly width: number; readonly height: number }[];
  /** A name before each picture, or none at all. */
  readonly labels: readonly string[];
  /** The true answer as the task prints it. */
  readonly target: string;
  readonly answer: AnswerSpec;
  readonly protocol: string;
  readonly reward: RewardWeights;
  /** The source picture, for people. */
  readonly picture: string;
  /** All that the row was drawn from: the same key, the same row. */
  readonly key: string;
}
