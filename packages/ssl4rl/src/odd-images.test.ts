/** Awkward files on their way into every task that needs pixels only. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { answerOnly, companions, isSkip, type Picture, pose } from "@ssl4rl/core";
import { type Folder, openFolder } from "@ssl4rl/data";
import { registry } from "@ssl4rl/tasks";
import { beforeAll, describe, expect, it } from "vitest";

const odd = fileURLToPath(new URL("../../../../shared/data/odd-images/", import.meta.url));
const tasks = registry
  .filter((factory) => factory.create().needs === null)
  .map((factory) => factory.create({ size: 112 }));
const jigsaws = ["jigsaw", "jigsaw-grid", "jigsaw-pair", "patch-order"];

/** Photos on which only some questions have several right answers. The manifest calls them to be skipped. */
const ambiguous: Record<string, readonly string[]> = {
  "content/checkerboard.png": ["rotation", "position", "patch-inpainting", "patch-flip", ...jigsaws],
  "content/fourfold_symmetric.jpg": ["rotation"],
};

/** Files whose cause is worth naming. */
const causes: Record<string, RegExp> = {
  "broken/lfs_pointer.png": /Git LFS pointer/,
  "broken/zero_bytes.jpg": /empty/i,
  "broken/error_page.jpg": /unsupported image format/,
  "broken/truncated_progressive.jpg": /cannot be decoded whole/,
  "colour/depth16_millimetres.png": /depth map/,
  "colour/fully_transparent.png": /transparent/,
  "content/noise.png": /noise/,
  "content/solid_gray.png": /one colour/,
  "formats/logo.svg": /vector drawing/,
  "sizes/17000x17000.avif": /pixel limit/,
  "sizes/bomb_60000x60000.png": /pixel limit/,
};

describe.skipIf(!existsSync(odd))("awkward pictures in every task (needs ../shared/data/odd-images)", () => {
  const expected = new Map<string, string>();
  const used = new Map<string, Picture>();
  const reasons = new Map<string, string>();
  /** By picture and task, why it was skipped there; null where a question was posed. */
  const posed = new Map<string, Map<string, string | null>>();
  let folder: Folder;

  beforeAll(async () => {
    for (const line of readFileSync(`${odd}MANIFEST.tsv`, "utf8").trimEnd().split("\n").slice(1)) {
      const [file, , , expect] = line.split("\t");
      expected.set(file, expect);
    }
    folder = await openFolder(odd, { minSide: 56, maxSide: 256 });
    for (const { file, reason } of folder.skipped) reasons.set(file, reason);
    for (let i = 0; i < folder.length; i++) {
      const picture = await folder.get(i);
      if (isSkip(picture)) throw new Error(picture.skip);
      used.set(picture.name, picture);
      const outcome = new Map<string, string | null>();
      for (const task of tasks) {
        const answer = i % task.answers.size;
        const others = await companions(folder, picture, task.others, task.id, answer);
        const problem = isSkip(others) ? others : pose(picture, task, answerOnly, answer, 0, others);
        if (!isSkip(problem)) expect(problem.verify(problem.solution).accuracy).toBe(1);
        outcome.set(task.id.split("@")[0], isSkip(problem) ? problem.skip : null);
      }
      posed.set(picture.name, outcome);
    }
  }, 120_000);

  const named = (word: string) => [...expected].filter(([, wanted]) => wanted === word).map(([file]) => file);

  it("are used where the manifest calls them usable, unless too small to be asked about", () => {
    const refused = named("usable").filter((file) => !used.has(file));
    expect(refused.map((file) => [file, reasons.get(file)])).toEqual([
      ["formats/rgb16.tiff", "100x40 px: the shorter side is below 56 px"],
    ]);
  });

  it("are left out where the manifest calls for it, but for those that only some questions cannot be asked about", () => {
    expect(named("skip").filter((file) => used.has(file))).toEqual(Object.keys(ambiguous));
    for (const [file, names] of Object.entries(ambiguous)) {
      const asked = names.filter((name) => posed.get(file)!.get(name) === null);
      expect(asked, file).toEqual([]);
    }
  });

  it.each(Object.entries(causes))("are told by their cause: %s", (file, cause) => {
    expect(reasons.get(file)).toMatch(cause);
  });

  it("each carry questions of most tasks, and a reason for the others", () => {
    for (const file of named("usable").filter((file) => used.has(file))) {
      const skips = [...posed.get(file)!].filter(([, reason]) => reason !== null);
      expect(skips.length, `${file}: ${skips.join("; ")}`).toBeLessThan(tasks.length / 2);
      for (const [task, reason] of skips) expect(reason, `${file} in ${task}`).toMatch(/\w+ \w+/);
    }
  });

  it("show no near duplicate of a picture as a different one", async () => {
    const copies = ["content/duplicate_a.jpg", "content/near_duplicate.jpg"];
    for (const [i, file] of copies.entries()) {
      for (let draw = 0; draw < 40; draw++) {
        const others = await companions(folder, used.get(file)!, 3, draw);
        if (isSkip(others)) throw new Error(others.skip);
        expect(others.map(({ name }) => name)).not.toContain(copies[1 - i]);
      }
    }
  });

  it("expand no bomb: memory never rises to what the largest of them would take", () => {
    // 17000 × 17000 pixels are 867 MB; the largest that is read, 99.6 megapixels, would be 299 MB whole.
    expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(750e6);
  });
});
