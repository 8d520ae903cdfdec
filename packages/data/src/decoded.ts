import type { Source } from "@ssl4rl/core";
import type { PictureLimits } from "./decode.js";
import { peekPicture, readPicture } from "./read-picture.js";
import type { Stored } from "./stored.js";

/** The pictures of stored files, read and decoded whenever they are asked for; nothing is kept. */
export function decoded(stored: Stored, limits: PictureLimits): Source {
  return {
    name: stored.name,
    length: stored.length,
    get: (index) => readPicture(() => stored.read(index), limits),
    peek: (index) => peekPicture(() => stored.read(index), limits),
  };
}
