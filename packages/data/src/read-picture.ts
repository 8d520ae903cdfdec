import { createHash } from "node:crypto";
import type { Picture, Skip } from "@ssl4rl/core";
import { decodePicture } from "./decode.js";
import type { FolderOptions } from "./folder.js";
import { noPhoto } from "./no-photo.js";

/** Reads and decodes a picture file. Its id is the start of the SHA-256 of its bytes, in hexadecimal. */
export async function readPicture(
  read: () => Promise<{ readonly name: string; readonly bytes: Uint8Array }>,
  limits: FolderOptions,
): Promise<Picture | Skip> {
  let name: string | undefined;
  try {
    const file = await read();
    name = file.name;
    const { bytes } = file;
    const image = await decodePicture(bytes, limits);
    const reason = noPhoto(image);
    if (reason) return { skip: reason, name };
    return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 32), name, image };
  } catch (error) {
    return { skip: (error as Error).message.split("\n")[0].trim(), name };
  }
}
