import { encodePng, Image } from "@ssl4rl/core";
import { expect, test } from "vitest";
import { renderContactSheet } from "./contact-sheet.js";

const image = new Image(4, 2, new Uint8Array(24).fill(7));
const row = {
  task: "rotation@1",
  picture: "a.jpg",
  images: [image, image],
  labels: [],
  prompt: "By how many degrees?",
  target: "90",
};

test("questions stand under their task, the prompt once, each with its pictures and its answer", () => {
  const page = renderContactSheet(
    [row, { ...row, task: "position@1", prompt: "Which cell?", target: "2/3" }, row],
    [],
    "Mine",
  );
  expect(page.match(/By how many degrees\?/g)).toHaveLength(1);
  expect([...page.matchAll(/<h3><bdi>(.*?)<\/bdi><\/h3>/g)].map((match) => match[1])).toEqual([
    "rotation@1",
    "position@1",
  ]);
  expect(page.match(/<img /g)).toHaveLength(6);
  expect(page).toContain(
    `src="data:image/png;base64,${Buffer.from(encodePng(image)).toString("base64")}" width="4" height="2"`,
  );
  expect(page).toContain('<span class="given"><bdi>2/3</bdi></span>');
});

test("skipped pictures are grouped by task and reason, the commonest first, and escaped", () => {
  const skipped = [
    { picture: "b.jpg", task: "position@1", reason: "too small" },
    { picture: "<c>.jpg", task: "rotation@1", reason: "looks the same" },
    { picture: "d.jpg", task: "rotation@1", reason: "looks the same" },
  ];
  const page = renderContactSheet([], skipped, "Mine");
  expect([...page.matchAll(/class="times">(\d+)×/g)].map((match) => match[1])).toEqual(["2", "1"]);
  expect(page).toContain("<bdi>&lt;c&gt;.jpg</bdi>, <bdi>d.jpg</bdi>");
  expect(page).toContain("No picture could be used; the reasons are below.");
});
