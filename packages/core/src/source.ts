import type { Image } from "./image.js";

/** A thing left out, with its reason. Counted and shown, never silent. */
export interface Skip {
  readonly skip: string;
  /** What was left out, for people, where that is known. */
  readonly name?: string;
}

export function isSkip<T extends object>(value: T | Skip): value is Skip {
  return "skip" in value;
}

/** A picture with the names that make its randomness: `id` is a hash of its content, `name` is for people. */
export interface Picture {
  readonly id: string;
  readonly name: string;
  readonly image: Image;
  /** How far each pixel is, where the source knows it. */
  readonly depth?: Depth;
  /** A sequence in its order, where the picture is a video; `image` is one of them. */
  readonly frames?: readonly Image[];
}

/** Distances, height × width from the top, in any unit that grows with distance; NaN where nothing is known. */
export interface Depth {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Unlabelled pictures with random access, so that a run can go on at any index. */
export interface Source {
  readonly name: string;
  readonly length: number;
  /** Picture number `index`, 0..length-1; a Skip when it cannot be used. The same index always gives the same. */
  get(index: number): Promise<Picture | Skip>;
  /**
   * What `get` says of a picture but its pixels, where that costs little. It need not find out everything: `get` may skip what
   * a peek took for a picture.
   */
  peek?(index: number): Promise<Pick<Picture, "id" | "name"> | Skip>;
}
