import { UserError } from "@ssl4rl/core";
import type { ItemResult } from "../item-result.js";
import type { Run } from "../papers/paper-table.js";

/**
 * Throws a UserError where two runs have answers to different questions of one name: made of other pictures, say. Only what
 * both have counts; failed calls tell nothing.
 */
export function checkSameQuestions(base: Run, other: Run): void {
  const key = ({ benchmark, id }: ItemResult) => JSON.stringify([benchmark, id]);
  const before = new Map(base.results.filter(({ accuracy }) => accuracy !== null).map((item) => [key(item), item]));
  for (const item of other.results) {
    const twin = before.get(key(item));
    if (item.accuracy === null || !twin || (twin.target === item.target && twin.picture === item.picture)) continue;
    const about = ({ picture, target }: ItemResult) => `${JSON.stringify(target)} about ${picture}`;
    throw new UserError(
      `${base.label} and ${other.label} were not asked the same: ${item.benchmark}, ${item.id}, is ${about(twin)} in one and ` +
        `${about(item)} in the other. Ask both about the same pictures or files.`,
    );
  }
}
