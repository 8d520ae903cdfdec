import type { Image } from "./image.js";

/** A thing left out, with its reason. Counted and shown, never silent. */
export interface Skip {
  readonly skip: string;
}

export function isSkip<T extends object>(value: T | Skip): value is Skip {
  return "skip" in value;
}

/** A picture with the names that make its randomness: `id` is a hash of its content, `name` is for people. */
export interface Picture {
  readonly id: string;
  readonly name: string;
  readonly image: Image;
}

/** Unlabelled pictures with random access, so that a run can go on at any index. */
export interface Source {
  readonly name: string;
  readonly length: number;
  /** Picture number `index`, 0..length-1; a Skip when it cannot be used. The same index always gives the same. */
  get(index: number): Promise<Picture | Skip>;
}
