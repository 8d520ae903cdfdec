import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("./packages/", import.meta.url));

export default defineConfig({
  // Tests read the sources, so that a failure points at the line one edits.
  resolve: { alias: [{ find: /^@ssl4rl\/([a-z]+)$/, replacement: `${packages}$1/src/index.ts` }] },
  test: {
    include: ["packages/*/src/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The native addon keeps one tensor table per process: one process per test file.
    pool: "forks",
    maxWorkers: 2,
  },
});
