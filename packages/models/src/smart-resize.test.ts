import { expect, test } from "vitest";
import { smartResize } from "./smart-resize.js";

const limits = { minPixels: 3136, maxPixels: 12845056 };

// Reference page, section 3.2.
test.each([
  [70, 98, 56, 112],
  [42, 42, 56, 56],
  [98, 126, 112, 112],
  [1, 100, 28, 560],
  [480, 640, 476, 644],
  [1080, 1920, 1092, 1932],
  [5000, 5000, 3556, 3556],
])("%i x %i becomes %i x %i", (h, w, height, width) => {
  expect(smartResize(h, w, 28, limits)).toEqual({ height, width });
});

test("a strip of more than 200 to 1 is refused", () => {
  expect(() => smartResize(1, 201, 28, limits)).toThrow(/201x1 .*too narrow/);
});
