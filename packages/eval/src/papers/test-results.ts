import type { ItemResult } from "../item-result.js";

/** A result for tests: right or wrong, on a picture of its own unless told otherwise. */
export function result(item: Partial<ItemResult> & Pick<ItemResult, "benchmark" | "id" | "accuracy">): ItemResult {
  return {
    group: item.id,
    picture: item.id,
    labels: {},
    prompt: "Which?",
    target: "A",
    response: "A",
    given: "A",
    how: ["option letter"],
    ...item,
  };
}

/** Rows of one category: `hits` right ones first, `n` in all. */
export function rowsOf(benchmark: string, category: string, hits: number, n: number): ItemResult[] {
  return Array.from({ length: n }, (_, i) =>
    result({ benchmark, id: `${category} ${i}`, labels: { category }, accuracy: i < hits ? 1 : 0 }),
  );
}
