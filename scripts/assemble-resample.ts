/** Assembles packages/core/src/resample.wat to resample-wasm.ts beside it. Run it after a change of the former. */
import { readFileSync, writeFileSync } from "node:fs";
import createWabt from "wabt";

const folder = new URL("../packages/core/src/", import.meta.url);
const wabt = await createWabt();
const module = wabt.parseWat("resample.wat", readFileSync(new URL("resample.wat", folder), "utf8"), { simd: true });
module.validate();
const lines = Buffer.from(module.toBinary({}).buffer)
  .toString("base64")
  .match(/.{1,100}/g)!;
writeFileSync(
  new URL("resample-wasm.ts", folder),
  `/** resample.wat, assembled by scripts/assemble-resample.ts. */
export const wasm =
${lines.map((line) => `  "${line}"`).join(" +\n")};
`,
);
