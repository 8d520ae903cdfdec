import { type Item, isSkip, Random, type Source } from "@ssl4rl/core";

/**
 * Splits a source into training and held-out pictures by a hash of each picture's content: the same picture always
 * falls on the same side, whatever else is in the source, and copies cannot fall on both. About `heldOut` of the pictures
 * (a fraction, 0..1) are held out; at least one picture stays on each side where there are two or more.
 */
export async function splitByContent<Posed extends Item>(
  source: Source<Posed>,
  heldOut: number,
): Promise<{ train: Source<Posed>; heldOut: Source<Posed> }> {
  const places: { index: number; draw: number }[] = [];
  for (let index = 0; index < source.length; index++) {
    const item = await (source.peek ? source.peek(index) : source.get(index));
    if (!isSkip(item)) places.push({ index, draw: splitDraw(item.id) });
  }
  const draws = [...new Set(places.map(({ draw }) => draw))].sort((a, b) => a - b);
  // A border from the second draw to the last leaves a picture on each side.
  const border = draws.length < 2 ? heldOut : Math.min(Math.max(heldOut, draws[1]), draws[draws.length - 1]);
  const test = places.filter(({ draw }) => draw < border);
  const train = places.filter(({ draw }) => draw >= border);
  return { train: part(source, "train", train), heldOut: part(source, "held-out", test) };
}

/** Where a picture of this content falls, uniform in [0, 1): every split is a stretch of it. */
export function splitDraw(id: string): number {
  return Random.from("split", id).float();
}

function part<Posed extends Item>(
  source: Source<Posed>,
  side: string,
  places: readonly { index: number }[],
): Source<Posed> {
  return { name: `${source.name} (${side})`, length: places.length, get: (i) => source.get(places[i].index) };
}
