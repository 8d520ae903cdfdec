import { clusterNames, type ItemResult } from "../item-result.js";
import { clustersOf } from "../statistics/clusters.js";
import type { Counting, Leaf } from "./definition.js";

/** What a leaf counts: a row, or a group of rows that are right only together. */
export interface Unit {
  readonly leaf: string;
  /** The value of the label that a mean is taken over; empty otherwise. */
  readonly part: string;
  /** The same in every run over the same benchmark. */
  readonly id: string;
  /** Units of one cluster share a picture, or a group of turns, and are not independent. */
  readonly cluster: string;
  readonly accuracy: number;
}

export interface Counted {
  readonly units: readonly Unit[];
  /** Items whose call failed; their groups are not counted either. */
  readonly failed: number;
  /** Items that no leaf takes although the table splits their benchmark up, by label and value. */
  readonly unplaced: ReadonlyMap<string, number>;
}

/** The units that a run's items make for a table's leaves. An item may count in several leaves, or in none. */
export function countUnits(leaves: readonly Leaf[], results: readonly ItemResult[]): Counted {
  const units: Unit[] = [];
  const groups = new Map<string, { leaf: string; items: ItemResult[] }>();
  const unplaced = new Map<string, number>();
  let failed = 0;
  const known = new Map<string, Leaf[]>();
  for (const leaf of leaves) known.set(leaf.benchmark, [...(known.get(leaf.benchmark) ?? []), leaf]);
  const counted = results.filter(({ benchmark }) => known.has(benchmark));
  // Names of pictures and groups are the benchmark's own.
  const clusters = clustersOf(
    counted.map((item) => clusterNames(item).map((name) => JSON.stringify([item.benchmark, name]))),
  );
  const clusterOf = new Map(counted.map((item, i) => [item, clusters[i]]));
  for (const item of counted) {
    const candidates = known.get(item.benchmark)!;
    const taken = candidates.filter(({ where }) => !where || fold(item.labels[where.label] ?? "") === fold(where.is));
    if (taken.length === 0 && candidates.length > 1) {
      const label = candidates[0].where!.label;
      const value = `${label} ${JSON.stringify(item.labels[label] ?? null)}`;
      unplaced.set(value, (unplaced.get(value) ?? 0) + 1);
    }
    if (taken.length > 0 && item.accuracy === null) failed++;
    for (const { code, counting } of taken) {
      if (counting.of === "groups") {
        const key = JSON.stringify([code, item.group]);
        const group = groups.get(key);
        if (group) group.items.push(item);
        else groups.set(key, { leaf: code, items: [item] });
      } else if (item.accuracy !== null && countsByItself(counting, item)) {
        const part = counting.of === "means" ? (item.labels[counting.label] ?? "") : "";
        units.push({ leaf: code, part, id: item.id, cluster: clusterOf.get(item)!, accuracy: item.accuracy });
      }
    }
  }
  for (const { leaf, items } of groups.values()) {
    if (items.some(({ accuracy }) => accuracy === null)) continue;
    const right = items.every(({ accuracy }) => accuracy === 1);
    units.push({ leaf, part: "", id: items[0].group, cluster: clusterOf.get(items[0])!, accuracy: right ? 1 : 0 });
  }
  return { units, failed, unplaced };
}

function countsByItself({ of }: Counting, { id, group }: ItemResult): boolean {
  return of === "rows" || of === "means" || (of === "first of group" && id === group);
}

/** Labels are compared without case, `_`, `-` and blanks: files of one benchmark differ in these. */
function fold(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, "");
}
