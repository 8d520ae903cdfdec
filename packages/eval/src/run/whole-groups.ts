import type { Question } from "../question.js";

/**
 * The first questions of a benchmark, at most `limit`, in groups that stay whole (pairs, CircularEval's turns); one group at
 * least. In the order of the file.
 */
export function wholeGroups(questions: readonly Question[], limit: number): readonly Question[] {
  const sizes = new Map<string, number>();
  for (const { group } of questions) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const taken = new Set<string>();
  let count = 0;
  for (const [group, size] of sizes) {
    if (taken.size > 0 && count + size > limit) break;
    taken.add(group);
    count += size;
  }
  return questions.filter(({ group }) => taken.has(group));
}
