import { Random } from "@ssl4rl/core";
import type { ItemResult } from "../item-result.js";

/** One item as two models answered it. */
export interface Case {
  readonly base: ItemResult;
  readonly trained: ItemResult;
}

export interface Cases {
  /** Base wrong, trained right; and the reverse. All of them are counted, some are shown. */
  readonly won: { readonly count: number; readonly shown: readonly Case[] };
  readonly lost: { readonly count: number; readonly shown: readonly Case[] };
  readonly bothRight: number;
  readonly bothWrong: number;
  /** Items that one of the two did not answer. */
  readonly unanswered: number;
}

/**
 * Items on which two models differ, to be looked at side by side (SSL4RL, Figure 6), the losses beside the gains. Which
 * are shown follows from their names alone, so nobody picks them, and no two of them share a picture or a group.
 */
export function compareCases(base: readonly ItemResult[], trained: readonly ItemResult[], limit: number): Cases {
  const key = ({ benchmark, id }: ItemResult) => JSON.stringify([benchmark, id]);
  const before = new Map(base.map((item) => [key(item), item]));
  const pairs = trained.flatMap((item): Case[] => {
    const found = before.get(key(item));
    return found ? [{ base: found, trained: item }] : [];
  });
  const answered = pairs.filter(({ base, trained }) => base.accuracy !== null && trained.accuracy !== null);
  const of = (baseRight: boolean, trainedRight: boolean) =>
    answered.filter(
      ({ base, trained }) => (base.accuracy === 1) === baseRight && (trained.accuracy === 1) === trainedRight,
    );
  const won = of(false, true);
  const lost = of(true, false);
  return {
    won: { count: won.length, shown: drawn(won, limit) },
    lost: { count: lost.length, shown: drawn(lost, limit) },
    bothRight: of(true, true).length,
    bothWrong: of(false, false).length,
    unanswered: base.length + trained.length - pairs.length - answered.length,
  };
}

/** The first by a number drawn from each item's name, one a picture and group. */
function drawn(cases: readonly Case[], limit: number): Case[] {
  const seen = new Set<string>();
  return cases
    .map((one) => ({ one, at: Random.from("cases", one.base.benchmark, one.base.id).float() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
    .filter(({ base: { benchmark, picture, group } }) => {
      const names = [
        ["picture", benchmark, picture],
        ["group", benchmark, group],
      ].map((parts) => JSON.stringify(parts));
      if (names.some((name) => seen.has(name))) return false;
      for (const name of names) seen.add(name);
      return true;
    })
    .slice(0, limit);
}
