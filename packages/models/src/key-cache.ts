import { empty, keep, scope, type Tensor } from "@ssl4rl/torch";
import type { SharedKeys } from "./attention.js";

/**
 * Keys and values that continuations have produced so far, per layer [B, kvHeads, G, capacity, headDim]. Storage doubles
 * when full, so that a long response costs a few copies and a short one little memory. Only for use without autograd.
 */
export class KeyCache {
  /** Tokens held, those of the pass in progress left out. */
  length = 0;
  private readonly layers: { keys: Tensor; values: Tensor; capacity: number }[] = [];

  /** Adds one layer's new keys [B, kvHeads, G, R, headDim] and gives all of them. */
  append(layer: number, added: SharedKeys): SharedKeys {
    const R = added.keys.shape[3];
    const total = this.length + R;
    const held = this.layers[layer];
    if (!held || held.capacity < total) this.grow(layer, added.keys, Math.max(16, 2 * total));
    const { keys, values } = this.layers[layer];
    keys.narrow(3, this.length, R).copy_(added.keys);
    values.narrow(3, this.length, R).copy_(added.values);
    return { keys: keys.narrow(3, 0, total), values: values.narrow(3, 0, total) };
  }

  /** Ends a pass of R tokens through all layers. */
  advance(R: number): void {
    this.length += R;
  }

  /**
   * Goes on with some of the continuations: `prompts` [B'] of the B (null for all), and of each prompt those at `places`
   * [B', G'] among its G.
   */
  select(prompts: Tensor | null, places: Tensor): void {
    const pick = (held: Tensor) =>
      scope(() => {
        const some = prompts ? held.indexSelect(0, prompts) : held;
        const [B, kv, , capacity, d] = some.shape;
        const G = places.shape[1];
        return keep(some.gather(2, places.reshape([B, 1, G, 1, 1]).expand([B, kv, G, capacity, d])));
      });
    this.layers.forEach(({ keys, values, capacity }, i) => {
      this.layers[i] = { keys: pick(keys), values: pick(values), capacity };
      keys.free();
      values.free();
    });
  }

  free(): void {
    for (const { keys, values } of this.layers) {
      keys.free();
      values.free();
    }
    this.layers.length = 0;
    this.length = 0;
  }

  private grow(layer: number, model: Tensor, capacity: number): void {
    const [B, kv, G, , d] = model.shape;
    const make = () => keep(empty([B, kv, G, capacity, d], { dtype: model.dtype, device: model.device }));
    const grown = { keys: make(), values: make(), capacity };
    const held = this.layers[layer];
    if (held) {
      grown.keys.narrow(3, 0, this.length).copy_(held.keys.narrow(3, 0, this.length));
      grown.values.narrow(3, 0, this.length).copy_(held.values.narrow(3, 0, this.length));
      held.keys.free();
      held.values.free();
    }
    this.layers[layer] = grown;
  }
}
