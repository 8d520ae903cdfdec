import { UserError } from "./errors.js";

/**
 * Many texts one behind the other in UTF-8, decoded when they are asked for: text i is bytes `starts[i]` to `starts[i + 1]`. An
 * empty text is a missing one. Both arrays may lie in shared memory.
 */
export interface PackedTexts {
  readonly bytes: Uint8Array;
  readonly starts: Uint32Array;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Text number `index`; null where it is missing. */
export function textAt({ bytes, starts }: PackedTexts, index: number): string | null {
  const [start, end] = [starts[index], starts[index + 1]];
  return start === end ? null : decoder.decode(bytes.subarray(start, end));
}

/** Packs texts into shared memory, 4 GiB at most. */
export class TextPacker {
  #bytes = new Uint8Array(2 ** 16);
  #end = 0;
  #starts = new Uint32Array(2 ** 10);
  #count = 0;

  /** Takes a text and returns its number. */
  add(text: string | null): number {
    // UTF-8 needs at most three bytes for each UTF-16 unit.
    const most = 3 * (text?.length ?? 0);
    if (this.#end + most > this.#bytes.length) this.#bytes = grown(this.#bytes, this.#end + most);
    if (text) this.#end += encoder.encodeInto(text, this.#bytes.subarray(this.#end)).written;
    if (this.#end >= 2 ** 32) {
      throw new UserError("The texts of the graph take more than 4 GiB. Cut each to what a prompt can show.");
    }
    if (++this.#count === this.#starts.length) this.#starts = grown(this.#starts, this.#count + 1);
    this.#starts[this.#count] = this.#end;
    return this.#count - 1;
  }

  /** The texts whose numbers `order` lists, in that order; all by default. */
  finish(order?: ArrayLike<number>): PackedTexts {
    const count = order?.length ?? this.#count;
    const starts = new Uint32Array(new SharedArrayBuffer(4 * (count + 1)));
    for (let i = 0; i < count; i++) {
      const text = order?.[i] ?? i;
      starts[i + 1] = starts[i] + this.#starts[text + 1] - this.#starts[text];
    }
    const bytes = new Uint8Array(new SharedArrayBuffer(starts[count]));
    for (let i = 0; i < count; i++) {
      const text = order?.[i] ?? i;
      bytes.set(this.#bytes.subarray(this.#starts[text], this.#starts[text + 1]), starts[i]);
    }
    return { bytes, starts };
  }
}

/** A copy with room for `needed` elements and half as many more. */
function grown<T extends Uint8Array | Uint32Array>(array: T, needed: number): T {
  const larger = new (array.constructor as new (length: number) => T)(Math.ceil(1.5 * needed));
  larger.set(array);
  return larger;
}
