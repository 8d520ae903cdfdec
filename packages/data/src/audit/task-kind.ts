/**
 * What kind of question a task asks, read off its answers: it says which comparisons between pictures are free of
 * content, and so may be held against a set.
 *
 * - `choice`: the answer names one of the last pictures. These must be alike in everything but what they show.
 * - `turn`: two pictures, the answer is an angle. Both show the same, so they must be alike.
 * - `pair`: two pictures and two answers (the same or not): each picture alone must not tell.
 * - `sequence`: the answer puts parts in order.
 * - `other`: anything else, such as a place in the picture.
 *
 * Parts of one picture are not alike for good reasons (skies are smooth, and on top), so sharpness, darkness and file
 * length say nothing against a `sequence` or an `other` task.
 */
export type TaskKind =
  | { readonly name: "choice"; readonly candidates: number; readonly first: number }
  | { readonly name: "turn" | "pair" | "other" }
  | { readonly name: "sequence"; readonly places: number };

export function kindOf(rows: readonly { readonly target: string; readonly pictures: number }[]): TaskKind {
  const answers = [...new Set(rows.map(({ target }) => target))];
  const lengths = new Set(answers.map((answer) => sequenceOf(answer)?.length ?? 0));
  const [places] = lengths;
  if (lengths.size === 1 && places > 1) return { name: "sequence", places };
  if (lengths.size > 1 && !lengths.has(0)) return { name: "sequence", places: Math.max(...lengths) };
  const pictures = Math.min(...rows.map((row) => row.pictures));
  const same = rows.every((row) => row.pictures === pictures);
  const candidates = 1 + Math.max(...answers.map((answer) => candidateOf(answer, answers) ?? Number.NaN));
  if (same && candidates === answers.length && candidates > 1 && candidates <= pictures) {
    return { name: "choice", candidates, first: pictures - candidates };
  }
  if (same && pictures === 2 && answers.every((answer) => /^[0-9]+(\.[0-9]+)?$/.test(answer))) return { name: "turn" };
  if (same && pictures === 2 && answers.length === 2) return { name: "pair" };
  return { name: "other" };
}

/** Which candidate, from 0, an answer names: letters from A, or numbers from 0 or 1. Null if it names none. */
export function candidateOf(answer: string, answers: readonly string[]): number | null {
  if (/^[A-Z]$/i.test(answer)) return answer.toUpperCase().charCodeAt(0) - 65;
  if (/^[0-9]$/.test(answer)) return Number(answer) - (answers.includes("0") ? 0 : 1);
  return null;
}

/** The numbers of a permutation written in any usual way, counted from 0; null for anything else. */
export function sequenceOf(answer: string): number[] | null {
  const words = answer.trim().split(/[\s,;-]+/);
  if (words.length < 2 || !words.every((word) => /^[0-9]+$/.test(word))) return null;
  const numbers = words.map(Number);
  const least = Math.min(...numbers);
  const whole = new Set(numbers).size === numbers.length && Math.max(...numbers) - least === numbers.length - 1;
  return whole && least <= 1 ? numbers.map((number) => number - least) : null;
}
