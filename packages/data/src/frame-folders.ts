import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { Image, type Picture, type Skip, UserError } from "@ssl4rl/core";
import { decodePicture, type PictureLimits } from "./decode.js";
import type { Folder, SkippedFile } from "./folder.js";
import { isPictureName } from "./picture-names.js";

const VIDEOS = [".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg"];

/** Frames of a video file: two a second, as Visual Jigsaw, of the first minute. */
const FRAMES_PER_SECOND = 2;
const MOST_FRAMES = 120;

/** Counts numbers in names: `frame9` comes before `frame10`. */
const byName = new Intl.Collator("en", { numeric: true }).compare;

/**
 * Videos of a folder, by name: every folder in it is one, its pictures the frames in the order of their names, and every
 * video file, from which the system's ffmpeg takes two frames a second of the first minute. Frames longer than `maxSide` are
 * reduced. Each is decoded once here, so that what cannot be used is known with its reason, and again whenever it is
 * asked for: frames are too many to keep.
 * Throws a UserError when the folder is missing or holds no usable video.
 */
export async function openFrameFolders(folder: string, limits: PictureLimits): Promise<Folder> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new UserError(`No folder ${folder}. Check the path given to --videos.`);
  });
  const videos: { id: string; name: string }[] = [];
  const skipped: SkippedFile[] = [];
  for (const entry of entries.sort((a, b) => byName(a.name, b.name))) {
    if (!entry.isDirectory() && !VIDEOS.includes(extname(entry.name).toLowerCase())) continue;
    const video = await readVideo(join(folder, entry.name), entry.name, limits);
    if ("skip" in video) skipped.push({ file: entry.name, reason: video.skip });
    else videos.push({ id: video.id, name: entry.name });
  }
  if (videos.length === 0) {
    const reasons = skipped.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
    throw new UserError(`No videos in ${folder}: ${reasons.join("; ") || "it holds no folders of pictures"}.`);
  }
  const get = async (index: number) => readVideo(join(folder, videos[index].name), videos[index].name, limits);
  return { name: folder, length: videos.length, get, skipped };
}

async function readVideo(path: string, name: string, limits: PictureLimits): Promise<Picture | Skip> {
  try {
    const isFile = VIDEOS.includes(extname(name).toLowerCase());
    const frames = isFile ? await framesOfFile(path, limits.maxSide) : await framesOfFolder(path, limits);
    if (frames.length < 2) throw new Error(`${frames.length} frames; a video needs 2 or more`);
    const [{ width, height }] = frames;
    if (Math.min(width, height) < limits.minSide) {
      throw new Error(`${width}x${height} px: the shorter side is below ${limits.minSide} px`);
    }
    if (frames.some((frame) => frame.width !== width || frame.height !== height)) {
      throw new Error("its frames differ in size");
    }
    const hash = createHash("sha256");
    for (const { data } of frames) hash.update(data);
    return { id: hash.digest("hex").slice(0, 32), name, image: frames[frames.length >> 1], frames };
  } catch (error) {
    return { skip: (error as Error).message.split("\n")[0].trim() };
  }
}

async function framesOfFolder(path: string, limits: PictureLimits): Promise<Image[]> {
  const names = (await readdir(path)).filter(isPictureName).sort(byName);
  const frames: Image[] = [];
  for (let i = 0; i < names.length; i += 8) {
    const chunk = names.slice(i, i + 8).map(async (name) =>
      decodePicture(await readFile(join(path, name)), limits).catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`);
      }),
    );
    // All are waited for, so that of several bad frames it is the first in order that is named.
    for (const frame of await Promise.allSettled(chunk)) {
      if (frame.status === "rejected") throw frame.reason;
      frames.push(frame.value);
    }
  }
  return frames;
}

/** Read from the start without seeking: some files give damaged frames after a seek. */
async function framesOfFile(path: string, maxSide: number): Promise<Image[]> {
  const shape = `scale='min(iw,${maxSide})':'min(ih,${maxSide})':force_original_aspect_ratio=decrease:flags=bicubic`;
  const filters = ["-vf", `fps=${FRAMES_PER_SECOND},${shape}`, "-frames:v", String(MOST_FRAMES)];
  const output = ["-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "-"];
  return splitPpm(await run("ffmpeg", ["-v", "error", "-xerror", "-nostdin", "-i", path, ...filters, ...output]));
}

/** What a program wrote to its standard output. */
function run(program: string, args: readonly string[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    const output: Buffer[] = [];
    let complaint = "";
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk;
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new Error(`${program} is not installed, which reads video files`) : error),
    );
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new Error(`${program}: ${complaint.split("\n")[0] || `ended with ${code}`}`));
    });
  });
}

/** Pictures in Netpbm's format, one after another. */
function splitPpm(bytes: Buffer): Image[] {
  const frames: Image[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString("latin1", at, at + 64));
    if (!header) throw new Error("ffmpeg wrote no picture where one was due");
    const [width, height] = [Number(header[1]), Number(header[2])];
    const start = at + header[0].length;
    at = start + width * height * 3;
    frames.push(new Image(width, height, new Uint8Array(bytes.subarray(start, at))));
  }
  return frames;
}
