import type { Random } from "@ssl4rl/core";

/**
 * `count` of the items, or all if they are fewer, without replacement and in random order; each stratum is drawn from in proportion to
 * its size, to the nearest whole number.
 */
export function drawStratified<T>(
  items: readonly T[],
  stratumOf: (item: T) => string | number,
  count: number,
  random: Random,
): T[] {
  const strata = new Map<string | number, T[]>();
  for (const item of random.shuffle([...items])) {
    const own = strata.get(stratumOf(item)) ?? [];
    own.push(item);
    strata.set(stratumOf(item), own);
  }
  const share = Math.min(1, count / items.length);
  const quotas = [...strata.values()].map((own) => ({ own, whole: Math.floor(share * own.length) }));
  const left = Math.min(count, items.length) - quotas.reduce((sum, { whole }) => sum + whole, 0);
  const byRest = quotas.toSorted((a, b) => rest(b) - rest(a));
  const drawn = byRest.flatMap(({ own, whole }, place) => own.slice(0, whole + (place < left ? 1 : 0)));
  return random.shuffle(drawn);

  function rest({ own, whole }: { readonly own: readonly T[]; readonly whole: number }): number {
    return share * own.length - whole;
  }
}
