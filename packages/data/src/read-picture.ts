import { createHash } from "node:crypto";
import { isSkip, type Picture, type Skip } from "@ssl4rl/core";
import { checkHeader, decodePicture, type PictureLimits } from "./decode.js";
import { noPhoto } from "./no-photo.js";

type Read = () => Promise<{ readonly name: string; readonly bytes: Uint8Array }>;

/** Reads and decodes a picture file. Its id is the start of the SHA-256 of its bytes, in hexadecimal. */
export async function readPicture(read: Read, limits: PictureLimits): Promise<Picture | Skip> {
  let image: Picture["image"];
  const named = await nameOf(read, async (bytes) => {
    image = await decodePicture(bytes, limits);
    const reason = noPhoto(image);
    if (reason) throw new Error(reason);
  });
  return isSkip(named) ? named : { ...named, image: image! };
}

/** {@link readPicture} without decoding: what is damaged behind its header, or shows nothing, is not found out. */
export function peekPicture(read: Read, limits: PictureLimits): Promise<Pick<Picture, "id" | "name"> | Skip> {
  return nameOf(read, (bytes) => checkHeader(bytes, limits));
}

async function nameOf(read: Read, check: (bytes: Uint8Array) => Promise<unknown>) {
  let name: string | undefined;
  try {
    const file = await read();
    name = file.name;
    await check(file.bytes);
    return { id: createHash("sha256").update(file.bytes).digest("hex").slice(0, 32), name };
  } catch (error) {
    return { skip: (error as Error).message.split("\n")[0].trim(), name };
  }
}
