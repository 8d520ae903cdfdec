import type { Source } from "@ssl4rl/core";
import type { FolderOptions } from "./folder.js";
import { readPicture } from "./read-picture.js";
import type { Stored } from "./stored.js";

/** The pictures of stored files, read and decoded whenever they are asked for; nothing is kept. */
export function decoded(stored: Stored, limits: FolderOptions): Source {
  return {
    name: stored.name,
    length: stored.length,
    get: (index) => readPicture(() => stored.read(index), limits),
  };
}
