import { createHash } from "node:crypto";
import type { Picture, Skip } from "@ssl4rl/core";
import { checkHeader, decodePicture, type PictureLimits } from "./decode.js";
import { noPhoto } from "./no-photo.js";

type Read = () => Promise<{ readonly name: string; readonly bytes: Uint8Array }>;

/** Reads and decodes a picture file. Its id is the start of the SHA-256 of its bytes, in hexadecimal. */
export function readPicture(read: Read, limits: PictureLimits): Promise<Picture | Skip> {
  return named(read, async (bytes) => {
    const image = await decodePicture(bytes, limits);
    const reason = noPhoto(image);
    if (reason) throw new Error(reason);
    return { image };
  });
}

/** {@link readPicture} without decoding: what is damaged behind its header, or shows nothing, is not found out. */
export function peekPicture(read: Read, limits: PictureLimits): Promise<Pick<Picture, "id" | "name"> | Skip> {
  return named(read, async (bytes) => {
    await checkHeader(bytes, limits);
    return {};
  });
}

async function named<Content extends object>(read: Read, open: (bytes: Uint8Array) => Promise<Content>) {
  let name: string | undefined;
  try {
    const file = await read();
    name = file.name;
    const content = await open(file.bytes);
    return { id: createHash("sha256").update(file.bytes).digest("hex").slice(0, 32), name, ...content };
  } catch (error) {
    return { skip: (error as Error).message.split("\n")[0].trim(), name };
  }
}
