import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isSkip, type Picture, type Source, UserError } from "@ssl4rl/core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFrameFolders } from "./frame-folders.js";

const limits = { minSide: 28, maxSide: 64 };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "ssl4rl-frames-"));
});
afterAll(() => rm(root, { recursive: true }));

const frame = (grey: number, width = 60, height = 40) =>
  sharp({ create: { width, height, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .png()
    .toBuffer();

async function folderOf(name: string, files: Record<string, Buffer | string>): Promise<string> {
  const folder = join(root, name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(folder, file, ".."), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  return folder;
}

async function all(source: Source): Promise<Picture[]> {
  const pictures = await Promise.all(Array.from({ length: source.length }, (_, i) => source.get(i)));
  return pictures.map((picture) => {
    if (isSkip(picture)) throw new Error(picture.skip);
    return picture;
  });
}

describe("openFrameFolders", () => {
  it("makes a video of every folder, its frames by name, numbers in names counted", async () => {
    const folder = await folderOf("order", {
      "b/frame10.png": await frame(100),
      "b/frame9.png": await frame(90),
      "b/frame1.png": await frame(10),
      "b/pose.txt": "1 0 0",
      "a/0002.png": await frame(20),
      "a/0001.png": await frame(15),
      "note.txt": "not a video",
    });
    const source = await openFrameFolders(folder, limits);
    expect(source.skipped).toEqual([]);
    const videos = await all(source);
    expect(videos.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(videos.map(({ frames }) => frames!.map(({ data }) => data[0]))).toEqual([
      [15, 20],
      [10, 90, 100],
    ]);
    for (const { image, frames } of videos) expect(frames).toContain(image);
  });

  it("names a video by its frames and their order, and gives the same every time", async () => {
    const [one, two] = [await frame(10), await frame(20)];
    const folder = await folderOf("names", {
      "a/1.png": one,
      "a/2.png": two,
      "b/1.png": two,
      "b/2.png": one,
      "c/x1.png": one,
      "c/x2.png": two,
    });
    const source = await openFrameFolders(folder, limits);
    const [a, b, c] = await all(source);
    expect(a.id).toMatch(/^[0-9a-f]{32}$/);
    expect(b.id).not.toBe(a.id);
    expect(c.id).toBe(a.id);
    expect(await source.get(0)).toEqual(a);
  });

  it("reduces long frames", async () => {
    const folder = await folderOf("long", {
      "a/1.png": await frame(10, 300, 200),
      "a/2.png": await frame(20, 300, 200),
    });
    const [{ frames }] = await all(await openFrameFolders(folder, limits));
    expect(frames!.map(({ width, height }) => [width, height])).toEqual([
      [64, 43],
      [64, 43],
    ]);
  });

  it("lists what is no video, with the reason", async () => {
    const folder = await folderOf("skipped", {
      "good/1.png": await frame(10),
      "good/2.png": await frame(20),
      "single/1.png": await frame(10),
      "sizes/1.png": await frame(10),
      "sizes/2.png": await frame(10, 40, 60),
      "damaged/1.png": await frame(10),
      "damaged/2.png": (await frame(20)).subarray(0, 60),
      "small/1.png": await frame(10, 20, 20),
      "small/2.png": await frame(20, 20, 20),
      "empty/readme.txt": "nothing",
    });
    const { skipped } = await openFrameFolders(folder, limits);
    expect(Object.fromEntries(skipped.map(({ file, reason }) => [file, reason]))).toEqual({
      single: "1 frames; a video needs 2 or more",
      empty: "0 frames; a video needs 2 or more",
      sizes: "its frames differ in size",
      damaged: expect.stringMatching(/^2\.png: /),
      small: expect.stringMatching(/^1\.png: 20x20 px: the shorter side is below 28 px/),
    });
  });

  it("says so when there is no folder, or no video in it", async () => {
    await expect(openFrameFolders(join(root, "nowhere"), limits)).rejects.toThrow(UserError);
    const folder = await folderOf("none", { "photo.png": await frame(10) });
    await expect(openFrameFolders(folder, limits)).rejects.toThrow("it holds no folders of pictures");
  });
});

const videos = fileURLToPath(new URL("../../../../shared/data/video/", import.meta.url));
const ffmpeg = spawnSync("ffmpeg", ["-version"]).status === 0;

describe.skipIf(!existsSync(videos))("real videos (needs ../shared/data/video)", () => {
  it("are read from folders of frames", async () => {
    const source = await openFrameFolders(videos, { minSide: 56, maxSide: 256 });
    const folders = (await all(source)).filter(({ name }) => !name.endsWith(".mp4"));
    expect(folders.map(({ name, frames }) => [name, frames!.length])).toEqual([
      ["freiburg-office", 17],
      ["kitchen-7scenes", 24],
    ]);
  });

  it.runIf(ffmpeg)("are read from files at 2 frames a second, at most a minute (needs ffmpeg)", async () => {
    const source = await openFrameFolders(videos, { minSide: 56, maxSide: 256 });
    expect(source.skipped).toEqual([]);
    const seconds = {
      basketball: 10,
      "bottle-detection": 40,
      "car-detection": 30,
      cockatoo: 14,
      highway: 9,
      "people-walking": 60,
    };
    for (const { name, frames } of await all(source)) {
      if (!name.endsWith(".mp4")) continue;
      const wanted = 2 * seconds[name.slice(0, -4) as keyof typeof seconds];
      expect(Math.abs(frames!.length - wanted), name).toBeLessThanOrEqual(2);
      expect(Math.max(frames![0].width, frames![0].height)).toBe(256);
    }
  });

  it.runIf(!ffmpeg)("are skipped as files, with the reason, where ffmpeg is not installed", async () => {
    const { skipped } = await openFrameFolders(videos, { minSide: 56, maxSide: 256 });
    expect(skipped).toHaveLength(6);
    for (const { reason } of skipped) expect(reason).toBe("ffmpeg is not installed, which reads video files");
  });
});
