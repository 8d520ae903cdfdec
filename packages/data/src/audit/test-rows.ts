/** Question sets for tests: rows made by a function, clean or leaky. */
import { Image, Random, resize } from "@ssl4rl/core";
import { type AuditReport, audit } from "./audit.js";
import type { AuditRow } from "./row.js";

export type MadeRow = Pick<AuditRow, "pictures" | "target"> & Partial<AuditRow>;

/** `count` rows of a set. `random` is of the row alone. */
export async function* rowsOf(
  task: string,
  count: number,
  make: (index: number, random: Random) => MadeRow | Promise<MadeRow>,
): AsyncGenerator<AuditRow> {
  for (let i = 0; i < count; i++) {
    yield { task, split: "all", where: `row ${i}`, ...(await make(i, Random.from("row", task, i))) };
  }
}

export async function auditOf(...sets: readonly AsyncIterable<AuditRow>[]): Promise<AuditReport> {
  return audit(
    (async function* () {
      for (const set of sets) yield* set;
    })(),
  );
}

/** The names of the probes that found a leak, each once. */
export const leaksOf = ({ leaks }: AuditReport): string[] => [...new Set(leaks.map(({ probe }) => probe))];

/** A random smooth picture: noise of a few scales, none of it black. Cheap to make and unlike any other. */
export function cloud(random: Random, width: number, height = width): Image {
  const sum = new Float64Array(width * height * 3);
  for (const cells of [3, 7, 16]) {
    const noise = new Uint8Array(cells * cells * 3).map(() => random.int(256));
    const layer = resize(new Image(cells, cells, noise), width, height);
    for (let i = 0; i < sum.length; i++) sum[i] += layer.data[i] / 4;
  }
  return new Image(
    width,
    height,
    Uint8Array.from(sum, (value) => 40 + value),
  );
}

/** The same picture with changed pixels; `change` gets and returns a channel's value. */
export function mapped(image: Image, change: (value: number, x: number, y: number, channel: number) => number): Image {
  const data = image.data.map((value, i) => {
    const pixel = Math.floor(i / 3);
    return change(value, pixel % image.width, Math.floor(pixel / image.width), i % 3);
  });
  return new Image(image.width, image.height, data);
}
