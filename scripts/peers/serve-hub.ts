/** A Hub with the model cats/tiny, made of a folder's files: prints its address, serves until it is ended. For check-peers.ts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestHub } from "../../packages/hub/src/test-hub.js";

const folder = process.argv[2];
const hub = new TestHub("cats/tiny");
for (const name of readdirSync(folder)) hub.files.set(name, readFileSync(join(folder, name)));
console.log(await hub.start());
