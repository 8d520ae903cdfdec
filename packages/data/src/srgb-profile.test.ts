import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { decodePicture } from "./decode.js";
import { hasSrgbProfile } from "./srgb-profile.js";

const coco = fileURLToPath(new URL("../../../../shared/data/photos/coco", import.meta.url));
const photo = (number: number) => readFile(join(coco, `coco_${String(number).padStart(12, "0")}.jpg`));

describe("hasSrgbProfile", () => {
  it("is false without a profile, and whatever stands in a file", async () => {
    const plain = await sharp({ create: { width: 64, height: 64, channels: 3, background: "red" } })
      .jpeg()
      .toBuffer();
    expect(hasSrgbProfile(plain)).toBe(false);
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(fc.property(bytes, (rest) => !hasSrgbProfile(Uint8Array.of(0xff, 0xd8, 0xff, 0xe2, ...rest))));
  });

  describe.skipIf(!existsSync(coco))("on photos (needs ../shared/data/photos)", () => {
    it("knows sRGB's own profile, whole and unchanged, and no other", async () => {
      const file = await photo(34);
      expect(hasSrgbProfile(file)).toBe(true);
      expect(hasSrgbProfile(file.subarray(0, 1000))).toBe(false);
      const otherCurve = Buffer.from(file);
      otherCurve[file.indexOf("curv") + 100] ^= 1;
      expect(hasSrgbProfile(otherCurve)).toBe(false);
      // A camera's own colours, and Adobe RGB.
      for (const number of [25, 36]) expect(hasSrgbProfile(await photo(number))).toBe(false);
    });

    it("spares a conversion that changes next to nothing", async () => {
      for (const number of [34, 486]) {
        const file = await photo(number);
        const converted = await sharp(file).toColourspace("srgb").raw().toBuffer();
        const { data } = await decodePicture(file, { minSide: 1, maxSide: 2 ** 16 });
        const apart = data.reduce((sum, value, i) => sum + Math.abs(value - converted[i]), 0);
        expect(apart / data.length).toBeLessThan(1e-4);
      }
    });
  });
});
