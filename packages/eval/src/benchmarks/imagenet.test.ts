import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBenchmark, protocolNamed } from "../benchmark.js";
import { grade } from "../protocol.js";
import { parquet, picture } from "../test-files.js";
import { imagenetChoice10, imagenetChoice20, imagenetCompletion } from "./imagenet.js";

const root = mkdtempSync(join(tmpdir(), "ssl4rl-imagenet-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(async () => {
  const image = await picture("teal");
  const rows = Array.from({ length: 60 }, (_, i) => {
    const label = i % 15;
    // Two classes share a name, as `crane` is shared.
    const answer = label < 2 ? `crane, bird ${label}` : `fish ${label}, Piscis ${label}, P. ${label}`;
    return { filename: `${i}.jpg`, label, answer, images: [image] };
  });
  parquet(join(root, "ImageNet-Subset/data/validation-0.parquet"), rows);
});

it("shows each class by one name, the true one once, and no other name of it", async () => {
  const { questions } = await openBenchmark(imagenetChoice10, root);
  const places = new Set<number>();
  for (const { choices, target, labels } of questions) {
    const shown = Object.keys(choices!);
    const [answer] = target.kind === "text" ? target.accepted : [];
    expect(new Set(shown).size).toBe(10);
    expect(shown).toContain(answer);
    const own = shown.filter((name) =>
      Number(labels.label) < 2 ? name === "crane" : name.endsWith(` ${labels.label}`),
    );
    expect(own.length).toBeLessThanOrEqual(1);
    places.add(shown.indexOf(answer));
  }
  expect(places.size).toBe(10);
  const again = await openBenchmark(imagenetChoice10, root);
  expect(again.questions.map(({ choices }) => choices)).toEqual(questions.map(({ choices }) => choices));
});

it("takes any name of the class, letter for letter or not", async () => {
  const { questions } = await openBenchmark(imagenetCompletion, root);
  const question = questions.find(({ labels }) => labels.label === "7")!;
  const right = async (response: string, protocol: string) =>
    (await grade(question, response, protocolNamed(imagenetCompletion, protocol))).accuracy;
  expect(await right("<think>x</think><answer> Piscis 7 </answer>", "ssl4rl")).toBe(1);
  expect(await right("<answer>piscis_7.</answer>", "ssl4rl")).toBe(0);
  expect(await right("<answer>piscis_7.</answer>", "ssl4rl-normalised")).toBe(1);
  expect(await right("Piscis 7", "ssl4rl-normalised")).toBe(0);
});

it("says when the file has too few classes", async () => {
  await expect(openBenchmark(imagenetChoice20, root)).rejects.toThrow(
    "20 names are to be shown, but the file has only 15 classes",
  );
});
