import { type Item, isPicture, isSkip, NearHashes, type Need, perceptualHash, type Source } from "@ssl4rl/core";
import { type SkippedFile, splitDraw } from "@ssl4rl/data";
import type { SourceOf } from "@ssl4rl/trainer";
import type { Opened } from "./open-kinds.js";
import { type Plan, type Split, splits } from "./plan.js";

/** What was found at one place of a source. */
export type Finding =
  | { readonly name: string; readonly id: string; readonly print: bigint | null }
  | { readonly name: string; readonly skip: string };

/**
 * Looks at the pictures from place `from` up to `to`: can they be used, and what are they? Decoded whole only for `prints`;
 * else it is at their headers, and what is damaged behind them is found out when a row is to be made of it.
 */
export async function look(source: Source<Item>, from: number, to: number, prints: boolean): Promise<Finding[]> {
  const found: Finding[] = [];
  for (let place = from; place < to; place++) {
    const picture = await (prints ? printed(source, place) : plain(source, place));
    if (isSkip(picture)) found.push({ name: picture.name ?? `number ${place} of ${source.name}`, skip: picture.skip });
    else found.push({ name: picture.name, id: picture.id, print: picture.print });
  }
  return found;
}

async function printed(source: Source<Item>, place: number) {
  const item = await source.get(place);
  return isSkip(item) ? item : { ...item, print: isPicture(item) ? perceptualHash(item.image) : null };
}

async function plain(source: Source<Item>, place: number) {
  const picture = await (source.peek ? source.peek(place) : source.get(place));
  return isSkip(picture) ? picture : { ...picture, print: null };
}

/** Which pictures of a source a set is made of. */
export interface Survey {
  /** Places in the source, by split. */
  readonly places: Readonly<Record<Split, readonly number[]>>;
  /** Content ids of the pictures used, in their order. */
  readonly ids: readonly string[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * Deals out the pictures to the splits by a hash of their content alone: a picture never changes its split when others join
 * the source, and exact copies cannot lie on both sides. Where findings have prints, near copies cannot either: the first
 * one stays.
 */
export function deal(findings: readonly Finding[], shares: Plan["shares"]): Survey {
  const places: Record<Split, number[]> = { validation: [], test: [], train: [] };
  const skipped: SkippedFile[] = [];
  const used = new Map<string, string>();
  const prints = new NearHashes();
  const printed: string[] = [];
  for (const [place, finding] of findings.entries()) {
    const reason = "skip" in finding ? finding.skip : reasonAgainst(finding);
    if ("skip" in finding || reason) skipped.push({ file: finding.name, reason: reason! });
    else {
      used.set(finding.id, finding.name);
      if (finding.print !== null) {
        prints.add(finding.print);
        printed.push(finding.name);
      }
      places[splitOf(finding.id, shares)].push(place);
    }
  }
  return { places, ids: [...used.keys()], skipped };

  function reasonAgainst({ id, print }: { readonly id: string; readonly print: bigint | null }): string | null {
    const same = used.get(id);
    if (same !== undefined) return `same content as ${same}`;
    const near = print === null ? null : prints.firstNear(print);
    return near === null ? null : `looks nearly the same as ${printed[near]}`;
  }
}

function splitOf(id: string, { validation, test }: Plan["shares"]): Split {
  const draw = splitDraw(id);
  return splits[draw < validation ? 0 : draw < validation + test ? 1 : 2];
}

/** Places that splits are made of, for each kind of source. */
export type Places = ReadonlyMap<Need | null, Readonly<Record<Split, readonly number[]>>>;

/** The pictures of each split, for every task. */
export function dealOut(opened: ReadonlyMap<Need | null, Opened>, places: Places): (split: Split) => SourceOf {
  return (split) => {
    const parts = new Map(
      [...opened].map(([need, { source }]) => [need, part(source, split, places.get(need)![split])]),
    );
    return ({ needs }) => parts.get(needs)!;
  };
}

function part(source: Source<Item>, split: Split, places: readonly number[]): Source<Item> {
  return { name: `${source.name} (${split})`, length: places.length, get: (i) => source.get(places[i]) };
}
