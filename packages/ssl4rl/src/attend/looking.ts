import { UserError } from "@ssl4rl/core";
import type { AttentionMap, Checkpoint, PreparedBatch } from "@ssl4rl/models";
import { noGrad, scope } from "@ssl4rl/torch";

/** A token that looks, and its place in the sequence. */
export interface Looking {
  readonly text: string;
  readonly place: number;
}

/** The likeliest tokens up to the end of the response. */
export function answer(checkpoint: Checkpoint, batch: PreparedBatch, maxNewTokens: number): readonly number[] {
  const { ids, finished } = noGrad(() =>
    scope(() => checkpoint.sample(checkpoint.prefill(batch), { each: 1, maxNewTokens, temperature: 0, seed: 0 })),
  );
  return finished[0][0] ? ids[0][0].slice(0, -1) : ids[0][0];
}

/** The places that predict tokens of the response. */
export function ofResponse(
  checkpoint: Checkpoint,
  { prompts }: PreparedBatch,
  ids: readonly number[],
  tokens: readonly number[] = ids.map((_, t) => t),
): Looking[] {
  if (ids.length === 0) throw new UserError("The response is empty: nothing looks. Give one with --response.");
  const wrong = tokens.find((t) => t >= ids.length);
  if (wrong !== undefined) {
    throw new UserError(`--tokens: the response has tokens 0 to ${ids.length - 1}, got ${wrong}.`, 2);
  }
  return tokens.map((t) => ({ text: checkpoint.tokenizer.decode([ids[t]]), place: prompts[0].ids.length - 1 + t }));
}

/** The tokens of the prompt that `word` is made of, where it first stands behind the pictures. */
export function ofWord(checkpoint: Checkpoint, { prompts }: PreparedBatch, word: string): Looking[] {
  const { tokenizer, config } = checkpoint;
  const [{ ids }] = prompts;
  const behind = ids.lastIndexOf(config.imageTokenId) + 1;
  const ends = ids.slice(behind).map((_, i) => tokenizer.decode(ids.slice(behind, behind + i + 1)).length);
  const start = tokenizer.decode(ids.slice(behind)).indexOf(word);
  if (word === "" || start < 0) throw new UserError(`--word: "${word}" is not in the prompt.`, 2);
  return ends.flatMap((end, i) => {
    const from = i === 0 ? 0 : ends[i - 1];
    if (end === from || end <= start || from >= start + word.length) return [];
    return [{ text: tokenizer.decode([ids[behind + i]]), place: behind + i }];
  });
}

/** The mean of the tokens' maps. */
export function mean({ values }: AttentionMap): Float64Array {
  return Float64Array.from(values[0], (_, i) => values.reduce((sum, one) => sum + one[i], 0) / values.length);
}
