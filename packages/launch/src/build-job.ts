import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LaunchFolder } from "./launch-folder.js";

/** What builds a set by Ray tasks, as the texts of files: `python3 build.py SHARDS COMMAND...` */
export function readBuildJob(): LaunchFolder {
  return { "build.py": readFileSync(fileURLToPath(new URL("../assets/build.py", import.meta.url)), "utf8") };
}
