import { expect, test } from "vitest";
import { intervalBar } from "./interval-bar.js";

test("interval, dot and chance stand at their shares of the scale", () => {
  const svg = intervalBar({ accuracy: 0.75, low: 0.5, high: 1, chance: 0.25 }, "after").text;
  expect(svg).toContain('<line class="scale" x1="6.0" x2="194.0"');
  expect(svg).toContain('<rect class="range" x="100.0" width="94.0"');
  expect(svg).toContain('<circle class="dot" cx="147.0"');
  expect(svg).toContain('<line class="chance" x1="53.0" x2="53.0"');
});

test("the bar says its figures in words", () => {
  const svg = intervalBar({ accuracy: 0.713, low: 0.665, high: 0.756, chance: 0.25 }, "before").text;
  expect(svg).toContain('aria-label="71.3% right, 95% interval 66.5% to 75.6%; chance 25.0%"');
});
