/**
 * DAPO's soft penalty for long responses (arXiv 2503.14476, eq. 13): 0 up to `limit` − `cache` tokens, from there falling in
 * a line, −1 at `limit` tokens and beyond.
 */
export function overlongPenalty(tokens: number, limit: number, cache: number): number {
  return -Math.min(1, Math.max(0, tokens - (limit - cache)) / cache);
}
