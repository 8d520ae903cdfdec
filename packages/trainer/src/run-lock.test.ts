import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockRun } from "./run-lock.js";

let folder: string;
const lock = () => join(folder, "run.lock");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("refuses a folder whose process lives, and names it", () => {
  const child = spawn("sleep", ["60"]);
  writeFileSync(lock(), String(child.pid));
  expect(() => lockRun(folder)).toThrow(`is in use by process ${child.pid}. Wait for it or stop it`);
  child.kill();
});

it("takes over from a process that is gone, or had this one's number, and from a torn file", () => {
  const { pid } = spawnSync("true");
  for (const left of [String(pid), String(process.pid), ""]) {
    writeFileSync(lock(), left);
    lockRun(folder);
    expect(readFileSync(lock(), "utf8")).toBe(String(process.pid));
  }
});
