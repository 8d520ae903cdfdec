import { hashDistance, NEAR_DUPLICATE_BITS, perceptualHash } from "./perceptual-hash.js";
import { Random } from "./random.js";
import { isSkip, type Picture, type Skip, type Source } from "./source.js";

/**
 * `count` other pictures of the source for a problem posed on `picture`: drawn by the names, so the same on every machine
 * that has the same source, and none a near duplicate of `picture` or of another (a "different picture" that shows the
 * same would make the true answer wrong). A Skip when the source has not so many.
 */
export async function companions(
  source: Source,
  picture: Picture,
  count: number,
  ...names: readonly (string | number)[]
): Promise<readonly Picture[] | Skip> {
  const chosen = [picture];
  if (count === 0) return [];
  const random = Random.from("companions", picture.id, ...names);
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

function tellApart(a: Picture, b: Picture): boolean {
  if (a.id === b.id) return false;
  return hashDistance(perceptualHash(a.image), perceptualHash(b.image)) >= NEAR_DUPLICATE_BITS;
}
