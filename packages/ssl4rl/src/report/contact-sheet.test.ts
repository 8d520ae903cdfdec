import { answerOnly, encodePng, Image, oneOf, type Problem } from "@ssl4rl/core";
import { expect, test } from "vitest";
import { renderContactSheet } from "./contact-sheet.js";

const image = new Image(4, 2, new Uint8Array(24).fill(7));

function problem(task: string, prompt: string, target: string): Problem {
  return {
    key: `${task} ${target}`,
    task: { id: `${task}@1`, options: { size: 56 } } as unknown as Problem["task"],
    protocol: answerOnly,
    answers: oneOf([target]),
    picture: "a.jpg",
    images: [image, image],
    labels: [],
    prompt,
    drawn: {},
    target,
    solution: target,
    verify: () => ({ accuracy: 0, partial: 0, format: false, given: null }),
  };
}
const turned = problem("rotation", "By how many degrees?", "90");

test("questions stand under their task, the prompt once, each with its pictures and its answer", () => {
  const page = renderContactSheet(
    [turned, problem("position", "Which cell?", "2/3"), turned],
    [],
    "Mine",
    "1 if right",
  );
  expect(page.match(/By how many degrees\?/g)).toHaveLength(1);
  expect([...page.matchAll(/<h3><bdi>(.*?)<\/bdi><\/h3>/g)].map((match) => match[1])).toEqual([
    "rotation@1  size=56",
    "position@1  size=56",
  ]);
  expect(page).toContain("1 if right");
  expect(page.match(/<img /g)).toHaveLength(6);
  expect(page).toContain(
    `src="data:image/png;base64,${Buffer.from(encodePng(image)).toString("base64")}" width="4" height="2"`,
  );
  expect(page).toContain('<span class="given"><bdi>2/3</bdi></span>');
});

test("a question that names what was drawn stands with its own pictures", () => {
  const rows = ["What is 1?", "What is 2?"].map((prompt) => problem("pair", prompt, "A"));
  const page = renderContactSheet(rows, [], "Mine", "1 if right");
  expect(page.match(/<h3>/g)).toHaveLength(1);
  expect(page.match(/<blockquote>/g)).toHaveLength(2);
});

test("skipped pictures are grouped by task and reason, the commonest first, and escaped", () => {
  const skipped = [
    { picture: "b.jpg", task: "position@1", reason: "too small" },
    { picture: "<c>.jpg", task: "rotation@1", reason: "looks the same" },
    { picture: "d.jpg", task: "rotation@1", reason: "looks the same" },
  ];
  const page = renderContactSheet([], skipped, "Mine", "1 if right");
  expect([...page.matchAll(/class="times">(\d+)×/g)].map((match) => match[1])).toEqual(["2", "1"]);
  expect(page).toContain("<bdi>&lt;c&gt;.jpg</bdi>, <bdi>d.jpg</bdi>");
  expect(page).toContain("No picture could be used; the reasons are below.");
});
