/** Assembles packages/core/src/kernel.wat to kernel-wasm.ts beside it. Run it after a change of the former. */
import { readFileSync, writeFileSync } from "node:fs";
import createWabt from "wabt";

const folder = new URL("../packages/core/src/", import.meta.url);
const wabt = await createWabt();
const module = wabt.parseWat("kernel.wat", readFileSync(new URL("kernel.wat", folder), "utf8"), { simd: true });
module.validate();
const lines = Buffer.from(module.toBinary({}).buffer)
  .toString("base64")
  .match(/.{1,100}/g)!;
writeFileSync(
  new URL("kernel-wasm.ts", folder),
  `/** kernel.wat, assembled by scripts/assemble-kernel.ts. */
export const wasm =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`,
);
