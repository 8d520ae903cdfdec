import { hashDistance, NEAR_DUPLICATE_BITS, perceptualHash } from "./perceptual-hash.js";
import { Random } from "./random.js";
import { type Item, isPicture, isSkip, type Skip, type Source } from "./source.js";

/**
 * `count` other items of the source for a problem posed on `item`: drawn by the names, so the same on every machine
 * that has the same source, and no picture a near duplicate of `item` or of another (a "different picture" that shows the
 * same would make the true answer wrong). A Skip when the source has not so many.
 */
export async function companions<Posed extends Item>(
  source: Source<Posed>,
  item: Posed,
  count: number,
  ...names: readonly (string | number)[]
): Promise<readonly Posed[] | Skip> {
  const chosen = [item];
  if (count === 0) return [];
  const random = Random.from("companions", item.id, ...names);
  // Enough for any source but one that is made of copies.
  const attempts = 20 * (count + 1);
  for (let i = 0; i < attempts && chosen.length <= count; i++) {
    const other = await source.get(random.int(source.length));
    if (!isSkip(other) && chosen.every((one) => tellApart(one, other))) chosen.push(other);
  }
  if (chosen.length <= count) {
    return { skip: `needs ${count} pictures beside it that are not nearly the same; ${source.name} has too few` };
  }
  return chosen.slice(1);
}

function tellApart(a: Item, b: Item): boolean {
  if (a.id === b.id) return false;
  if (!isPicture(a) || !isPicture(b)) return true;
  return hashDistance(perceptualHash(a.image), perceptualHash(b.image)) >= NEAR_DUPLICATE_BITS;
}
