import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stop } from "./command.js";

const ssl4rl = fileURLToPath(new URL("../../packages/ssl4rl/bin/ssl4rl.js", import.meta.url));

/** A set of world pictures in `folder`, made by `ssl4rl build`. */
export function buildSet(folder: string, format: string, recipe: string, rows: number): string {
  const out = join(folder, `${basename(recipe, ".yaml")}-${format}`);
  const pictures = ["--source", "world", "--size", "112", "--validation", "0"];
  const args = [ssl4rl, "build", recipe, ...pictures, "--rows", String(rows), "--format", format, "--out", out];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) stop(`${stderr}ssl4rl build --format ${format} failed.`);
  return out;
}

export function formatOf(set: string): string {
  const manifest = join(set, "manifest.json");
  if (!existsSync(manifest)) stop(`${set} has no manifest.json: give a folder that ssl4rl build has finished.`);
  return JSON.parse(readFileSync(manifest, "utf8")).plan.format;
}
