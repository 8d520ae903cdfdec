import { Image } from "@ssl4rl/core";
import { expect, it } from "vitest";
import { remember } from "./remember.js";

it("makes each picture once", async () => {
  const asked: number[] = [];
  const source = remember({
    name: "counting",
    length: 3,
    async get(index) {
      asked.push(index);
      return { id: `${index}`, name: `${index}`, image: new Image(1, 1, new Uint8Array(3)) };
    },
  });
  const first = await source.get(2);
  expect(await source.get(2)).toBe(first);
  await source.get(0);
  expect(asked).toEqual([2, 0]);
  expect(source).toMatchObject({ name: "counting", length: 3 });
});
