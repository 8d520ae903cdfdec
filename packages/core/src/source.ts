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

/** What questions are posed on, with the names that make their randomness: `id` is a hash of content, `name` is for people. */
export interface Item {
  readonly id: string;
  readonly name: string;
}

export interface Picture extends Item {
  readonly image: Image;
  /** How far each pixel is, where the source knows it. */
  readonly depth?: Depth;
  /** A sequence in its order, where the picture is a video; `image` is one of them. */
  readonly frames?: readonly Image[];
}

export function isPicture(item: Item): item is Picture {
  return "image" in item;
}

/** Distances, height × width from the top, in any unit that grows with distance; NaN where nothing is known. */
export interface Depth {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Unlabelled items with random access, so that a run can go on at any index. */
export interface Source<Posed extends Item = Picture> {
  readonly name: string;
  readonly length: number;
  /** Item number `index`, 0..length-1; a Skip when it cannot be used. The same index always gives the same. */
  get(index: number): Promise<Posed | Skip>;
  /**
   * The names of an item alone, where they cost little. It need not find out everything: `get` may skip what a peek took for
   * a picture.
   */
  peek?(index: number): Promise<Item | Skip>;
}
