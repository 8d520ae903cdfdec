import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openBenchmark } from "../benchmark.js";
import { grade } from "../protocol.js";
import { json } from "../test-files.js";
import { ovdEval } from "./ovd-eval.js";

const root = mkdtempSync(join(tmpdir(), "ssl4rl-ovd-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

// 100 × 60 is seen as 112 × 56.
const picture = (id: number) => ({ id, file_name: `${id}.png`, width: 100, height: 60 });

function dataset(folder: string, tasks: readonly string[]): string {
  json(
    join(root, folder, "OVDEval/all_data.json"),
    tasks.flatMap((task) =>
      [1, 2].map((id) => ({ task, image_info: picture(id), category_info: { id: 5, name: "a cup" } })),
    ),
  );
  for (const task of tasks) {
    json(join(root, folder, `OVDEval/annotations/${task}.json`), {
      images: [picture(1), picture(2), picture(3)],
      annotations: [
        { image_id: 1, category_id: 5, bbox: [50, 15, 25, 30] },
        { image_id: 2, category_id: 5, bbox: [0, 0, 50, 30] },
        { image_id: 3, category_id: 5, bbox: [0, 0, 50, 30] },
      ],
    });
  }
  return join(root, folder);
}

// What is asked of the picture as it is stored, in pixels of the picture as it is seen.
const answers = ["```json\n[[56, 14, 84, 42], [56, 15, 84, 42]]\n```", '[{"bbox_2d": [0, 0, 56, 28]}]'];

async function measure(path: string, responses: readonly string[]) {
  const { questions } = await openBenchmark(ovdEval, path);
  const graded = await Promise.all(questions.map((each, i) => grade(each, responses[i], ovdEval.protocols[0])));
  return ovdEval.metrics.map((metric) => metric.measure(graded).value);
}

it("is 1 for all boxes, twice or not, of the pictures that were asked about", async () => {
  const [ap, inverse] = await measure(dataset("whole", ["color"]), answers);
  expect(ap).toBe(1);
  expect(inverse).toBeLessThan(0.5);
});

it("is the mean of the tasks; no box and a box elsewhere are false ones", async () => {
  const [ap] = await measure(dataset("tasks", ["color", "logo"]), [...answers, "none", "[1, 1, 5, 5]"]);
  expect(ap).toBe(0.5);
});

it("names a picture that the annotations do not have", async () => {
  const path = dataset("broken", ["color"]);
  json(join(path, "OVDEval/annotations/color.json"), { images: [picture(1)], annotations: [] });
  await expect(openBenchmark(ovdEval, path)).rejects.toThrow(
    "all_data.json, record 1: annotations/color.json has no picture 2. Fetch both again.",
  );
});
