import type { BuiltRow } from "../built-row.js";
import { bytes, int64, list, struct, text } from "./parquet.js";

/** PNG files, as Python's `datasets` stores pictures. A path would have to exist on every machine. */
export const IMAGES = list(struct({ bytes, path: text }));

export const imagesOf = (row: BuiltRow) => row.images.map((image) => ({ bytes: image.bytes, path: null }));

/** The footer by which `datasets` decodes {@link IMAGES}. All its versions read this form, and each refuses another. */
export const DECODED_IMAGES = { huggingface: '{"info":{"features":{"images":[{"_type":"Image"}]}}}' };

/** What a verifier needs besides the response. */
export function scoringOf({ task, target, answer, protocol, reward }: BuiltRow) {
  const { accuracy, format, partial } = reward;
  return { task, target, answer, protocol, reward: { accuracy, format, partial } };
}

/** {@link scoringOf} in columns that are the same for every task: what has parts is JSON. */
export const SCORING = { task: text, target: text, answer: text, protocol: text, reward: text };

export function scoringColumns(row: BuiltRow) {
  const { answer, reward, ...plain } = scoringOf(row);
  return { ...plain, answer: JSON.stringify(answer), reward: JSON.stringify(reward) };
}

/** Which row it is and what it was made of. */
export const ORIGIN = { index: int64, split: text, picture: text, key: text };

export function originColumns({ index, split, picture, key }: BuiltRow) {
  return { index: BigInt(index), split, picture, key };
}
