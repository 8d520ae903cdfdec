import type { SkippedFile } from "./folder.js";

/** So many are listed by name. A hostile archive has millions. */
const LISTED = 10_000;

/** Collects what is left out: all of it is counted, the first by name. */
export class SkipList {
  readonly #listed: SkippedFile[] = [];
  #more = 0;

  add(file: string, reason: string): void {
    // A copy of the start: a slice would keep the whole of a name that may be as long as its writer liked.
    if (this.#listed.length < LISTED) this.#listed.push({ file: Buffer.from(file.slice(0, 250)).toString(), reason });
    else this.#more++;
  }

  list(): readonly SkippedFile[] {
    if (this.#more === 0) return this.#listed;
    return [...this.#listed, { file: `${this.#more} more`, reason: `only the first ${LISTED} are listed` }];
  }
}
