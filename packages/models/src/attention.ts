import { cat, op, scope, type Tensor } from "@ssl4rl/torch";
import { softmax } from "./layers.js";

/** Keys and values of one layer's shared prompts, held once per prompt: [B, kvHeads, P, headDim]. */
export interface SharedKeys {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Queries whose scores are held at once, where they see only what stands before them. */
const BLOCK = 256;

const unsafeView = op<Tensor>("aten::_unsafe_view");

/**
 * Attention of G continuations per prompt over the prompt they share and, each, over its own tokens. The prompt's keys
 * are never repeated: all queries of a prompt are folded into the rows of one product against them, and one softmax
 * spans both score blocks (reference page grpo, section 4.2).
 *
 * `queries` [B, kvHeads, G, S, R, headDim] carry the scale already; S query heads share a key head. `keys` and `values`
 * [B, kvHeads, G, T, headDim] are the continuations' own, the last R of them beside the queries. `causal` is additive
 * [R, T] and hides what stands behind a query (or, for a single query, of six axes), null when every query sees all T;
 * `padding` is additive [B, 1, 1, P], null when all prompts are of one length.
 * With `shared` null this is plain causal attention. Gives [B, kvHeads, G, S, R, headDim].
 */
export function sharedPromptAttention(
  queries: Tensor,
  keys: Tensor,
  values: Tensor,
  shared: SharedKeys | null,
  causal: Tensor | null,
  padding: Tensor | null,
): Tensor {
  const [B, kv, G, S, R, d] = queries.shape;
  const T = keys.shape[3];
  if (!shared && causal && R > BLOCK) return inBlocks(queries, keys, values, causal);
  let own = queries.reshape([B, kv, G, S * R, d]).matmul(keys.transpose(-1, -2));
  // As _unsafe_view, the mask can be added in place: autograd need not know that the two shapes share their memory.
  if (causal) own = unsafeView(own, [B, kv, G, S, R, T]).add_(causal);
  own = own.reshape([B, kv, G, S * R, T]);
  if (!shared) return softmax(own).matmul(values).reshape([B, kv, G, S, R, d]);

  const P = shared.keys.shape[2];
  const folded = queries.reshape([B, kv, G * S * R, d]);
  const before = folded.matmul(shared.keys.transpose(-1, -2));
  if (padding) before.add_(padding);
  const weights = softmax(cat([before.reshape([B, kv, G, S * R, P]), own], -1));
  const [onPrompt, onOwn] = weights.split([P, T], -1);
  const fromPrompt = onPrompt.reshape([B, kv, G * S * R, P]).matmul(shared.values);
  return onOwn
    .matmul(values)
    .reshape([B, kv, G, S, R, d])
    .add(fromPrompt.reshape([B, kv, G, S, R, d]));
}

/** The same, block of queries after block: half of all scores are of keys that no query sees, and are never made. */
function inBlocks(queries: Tensor, keys: Tensor, values: Tensor, causal: Tensor): Tensor {
  const [R, T] = causal.shape;
  const blocks: Tensor[] = [];
  for (let first = 0; first < R; first += BLOCK) {
    const rows = Math.min(BLOCK, R - first);
    const seen = T - R + first + rows;
    const attend = () =>
      sharedPromptAttention(
        queries.narrow(4, first, rows),
        keys.narrow(3, 0, seen),
        values.narrow(3, 0, seen),
        null,
        causal.narrow(0, first, rows).narrow(1, 0, seen),
        null,
      );
    blocks.push(scope(attend));
  }
  return cat(blocks, 4);
}
