import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "engine-"));
afterAll(() => rmSync(folder, { recursive: true }));
cpSync(dirname(fileURLToPath(import.meta.url)), join(folder, "src"), { recursive: true });
const importCopy = (): Promise<typeof import("./index.js")> =>
  import(/* @vite-ignore */ pathToFileURL(join(folder, "src/index.ts")).href);

it("without the addon the package can be imported, and its first use names the cure", async () => {
  const { hasOp, op, scope, zeros } = await importCopy();
  expect(scope(() => op("aten::add.Tensor"))).toBeTypeOf("function");
  expect(() => zeros([1])).toThrow(/not built: there is no .*torch\.node\. Run: npm run setup/);
  expect(() => hasOp("aten::add.Tensor")).toThrow("npm run setup");
});

it("an addon that does not load names the cure", async () => {
  mkdirSync(join(folder, "build"));
  writeFileSync(join(folder, "build/torch.node"), "not a library");
  const { zeros } = await importCopy();
  expect(() => zeros([1])).toThrow(/cannot be loaded: .*Run: npm run setup/s);
});
