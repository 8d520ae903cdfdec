import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { UserError } from "@ssl4rl/core";
import type { QuestionImage } from "../question.js";

/** A picture file: the first of these paths that there is. */
export function fileImage(...paths: readonly [string, ...string[]]): QuestionImage {
  return {
    name: basename(paths[0]),
    async bytes() {
      for (const path of paths) {
        const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
          throw new UserError(`${path} cannot be read: ${error.message}.`);
        });
        if (bytes) return bytes;
      }
      throw new UserError(`There is no ${paths.join(" nor ")}. Unpack the benchmark's pictures to there.`);
    },
  };
}

/** A picture whose file is written in base64. */
export function base64Image(name: string, read: () => Promise<string>): QuestionImage {
  return {
    name,
    async bytes() {
      const bytes = Buffer.from(await read(), "base64");
      if (bytes.length === 0) throw new UserError(`${name}: the picture is no base64. Fetch the file again.`);
      return bytes;
    },
  };
}
