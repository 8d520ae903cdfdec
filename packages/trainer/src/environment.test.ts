import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fingerprint, gitState } from "./environment.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-environment-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("tells weights apart by their first and last byte, those between, their number and their names", () => {
  const bytes = Buffer.alloc(100_000);
  const changed = (at: number) => Buffer.from(bytes).fill(1, at, at + 1);
  const of = (files: Readonly<Record<string, Uint8Array>>) => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const print = fingerprint(folder);
    for (const name of Object.keys(files)) rmSync(join(folder, name));
    return print;
  };
  const prints = [
    of({ "a.safetensors": bytes }),
    of({ "a.safetensors": changed(0) }),
    of({ "a.safetensors": changed(50_000) }),
    of({ "a.safetensors": changed(99_999) }),
    of({ "a.safetensors": bytes.subarray(1) }),
    of({ "b.safetensors": bytes }),
    of({ "a.safetensors": bytes, "b.safetensors": bytes }),
  ];
  expect(new Set(prints).size).toBe(prints.length);
  expect(of({ "a.safetensors": bytes, "notes.txt": bytes })).toBe(prints[0]);
});

it("knows the commit of a git checkout and whether a file differs from it, and that there is none elsewhere", () => {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
  expect(gitState(folder)).toBeNull();
  git("init");
  expect(gitState(folder)).toBeNull();
  writeFileSync(join(folder, "file"), "1");
  git("add", "file");
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-m", "one");
  writeFileSync(join(folder, "untracked"), "");
  expect(gitState(folder)).toEqual({ commit: git("rev-parse", "HEAD"), changed: false });
  writeFileSync(join(folder, "file"), "2");
  expect(gitState(folder)).toMatchObject({ changed: true });
});
