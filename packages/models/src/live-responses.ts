import { keep, scope, type Tensor, tensor } from "@ssl4rl/torch";
import { KeyCache } from "./key-cache.js";
import type { Prompt, QwenVL } from "./qwen2_5_vl.js";

/**
 * The responses that are still being computed, side by side: `width` of each of some prompts. A response that has
 * finished is computed on, unheeded, until half of the places can be given up at once; so all copying together costs no
 * more than one copy of what sampling holds.
 */
export class LiveResponses {
  /** Number (b · G + g) of the response in each place. */
  slots: readonly number[];
  private width: number;
  private readonly cache = new KeyCache();
  /** Prompts of our own making, in place of the caller's. */
  private fewer: Prompt | null = null;

  constructor(
    private readonly model: QwenVL,
    private prompt: Prompt,
    G: number,
  ) {
    this.width = G;
    this.slots = Array.from({ length: prompt.lengths.length * G }, (_, i) => i);
  }

  /** Hidden states [slots, hiddenSize] after the next token of each. */
  extend(ids: readonly number[]): Tensor {
    const { prompt, width, slots } = this;
    return scope(() => {
      const next = tensor(Int32Array.from(ids), [slots.length / width, width, 1], {
        dtype: "int64",
        device: prompt.last.device,
      });
      return this.model.extend(prompt, next, this.cache).reshape([slots.length, prompt.last.shape[1]]);
    });
  }

  /** Gives up finished responses where that halves the work. */
  drop(finished: readonly boolean[]): void {
    const { width, slots } = this;
    const groups = Array.from({ length: slots.length / width }, (_, b) => {
      const places = Array.from({ length: width }, (_, g) => g);
      const done = (g: number) => finished[slots[b * width + g]];
      // Finished responses fill the places of groups that have fewer unfinished ones than another.
      return { b, open: places.filter((g) => !done(g)), done: places.filter(done) };
    });
    const open = groups.filter((group) => group.open.length > 0);
    const kept = open.length <= groups.length / 2 ? open : groups;
    const widest = Math.max(...groups.map((group) => group.open.length));
    this.width = widest <= width / 2 ? widest : width;
    if (this.width === width && kept.length === groups.length) return;

    const places = kept.map((group) => [...group.open, ...group.done].slice(0, this.width));
    this.slots = kept.flatMap(({ b }, i) => places[i].map((g) => slots[b * width + g]));
    scope(() => {
      const options = { dtype: "int64", device: this.prompt.last.device } as const;
      const all = kept.length === groups.length;
      const rows = Int32Array.from(kept, ({ b }) => b);
      const prompts = all ? null : tensor(rows, [rows.length], options);
      this.cache.select(prompts, tensor(Int32Array.from(places.flat()), [rows.length, this.width], options));
      if (prompts) this.keepPrompts(prompts, rows);
    });
  }

  private keepPrompts(prompts: Tensor, rows: Int32Array): void {
    const { ids, lengths, next, layers, padding, last } = this.prompt;
    const some = (x: Tensor) => keep(x.indexSelect(0, prompts));
    const fewer = {
      ids: Array.from(rows, (b) => ids[b]),
      lengths: Array.from(rows, (b) => lengths[b]),
      next: Array.from(rows, (b) => next[b]),
      layers: layers.map(({ keys, values }) => ({ keys: some(keys), values: some(values) })),
      padding: padding && some(padding),
      last: some(last),
      tape: null,
    };
    this.freePrompts();
    this.prompt = this.fewer = fewer;
  }

  private freePrompts(): void {
    if (!this.fewer) return;
    const { layers, padding, last } = this.fewer;
    for (const { keys, values } of layers) {
      keys.free();
      values.free();
    }
    padding?.free();
    last.free();
    this.fewer = null;
  }

  free(): void {
    this.cache.free();
    this.freePrompts();
  }
}
