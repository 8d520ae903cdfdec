import type { Picture, Skip, Source } from "@ssl4rl/core";

/** The same source, each picture made once and then kept in memory (3 bytes a pixel). */
export function remember(source: Source): Source {
  const made = new Map<number, Promise<Picture | Skip>>();
  return {
    name: source.name,
    length: source.length,
    get(index) {
      const known = made.get(index) ?? source.get(index);
      made.set(index, known);
      return known;
    },
  };
}
