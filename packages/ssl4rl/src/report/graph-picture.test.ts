import { expect, test } from "vitest";
import { graphPicture } from "./graph-picture.js";

const prompt =
  "Things.\nNodes:\n[N1] a <b>\n[N2] [MASKED]\n[N3] c\nEdges:\nN1 --[is in]--> N2\nN3 --[is in]--> N2\nWhich text stands under [MASKED] at N2?";

test("a prompt's graph is drawn: a circle for each node, a line for each edge, what is asked about apart", () => {
  const svg = String(graphPicture(prompt, "a task"));
  expect(svg.match(/<circle /g)).toHaveLength(3);
  expect(svg.match(/<line [^>]*marker-end/g)).toHaveLength(2);
  expect(svg).toMatch(/<g class="asked"><circle [^>]*\/><text [^>]*>N2</);
  expect(svg.match(/class="asked"/g)).toHaveLength(1);
  expect(svg).toContain("a &lt;b&gt;");
  const places = [...svg.matchAll(/c[xy]="([0-9.-]+)"/g)].map(([, value]) => Number(value));
  for (const place of places) expect(place > 0 && place < 560).toBe(true);
  expect(String(graphPicture(prompt, "a task"))).toBe(svg);
});

test("a prompt without a graph has no picture", () => {
  expect(graphPicture("By how many degrees?", "a task")).toBeNull();
});
