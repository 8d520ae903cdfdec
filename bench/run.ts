import { existsSync } from "node:fs";

// npm run bench -- NAME: measures one thing beside a peer, in one run; prints a table.
const name = process.argv[2] ?? "";
const file = new URL(`./${name}.ts`, import.meta.url);
if (!/^[a-z]+$/.test(name) || name === "run" || !existsSync(file)) {
  console.error("npm run bench -- NAME, where bench/NAME.ts exists");
  process.exit(2);
}
const { default: bench } = (await import(file.href)) as { default: () => Promise<void> };
await bench();
