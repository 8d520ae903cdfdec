import { describe, expect, it } from "vitest";
import { sameFrame } from "./same-frame.js";
import { paint, texture } from "./test-picture.js";

const sizes = (images: readonly { width: number; height: number }[]) => images.map((i) => `${i.width}x${i.height}`);

describe("sameFrame", () => {
  it("brings pictures of any sizes to the size asked where all are large enough", () => {
    const images = [texture(1, 400, 300), texture(2, 300, 500), texture(3, 224, 224)];
    expect(sizes(sameFrame(images, 224, 224))).toEqual(["224x224", "224x224", "224x224"]);
  });

  it("brings all to the smallest one's size where it is smaller, so that none is less sharp than another", () => {
    const images = [texture(1, 800, 600), texture(2, 120, 100), texture(3, 500, 500)];
    expect(sizes(sameFrame(images, 448, 448))).toEqual(["100x100", "100x100", "100x100"]);
    expect(sizes(sameFrame(images, 448, 224))).toEqual(["120x60", "120x60", "120x60"]);
  });

  it("keeps the centre", () => {
    const stripes = paint(300, 100, (x) => (x < 100 ? [200, 0, 0] : x < 200 ? [0, 200, 0] : [0, 0, 200]));
    const [centre] = sameFrame([stripes], 100, 100);
    expect([...new Set(centre.data)].sort()).toEqual([0, 200]);
    expect([...centre.data.slice(0, 3)]).toEqual([0, 200, 0]);
  });
});
