import type { Image } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import { ChatError } from "./chat-error.js";
import { type FetchLimits, fetchImage } from "./fetch-image.js";

/** Longer sides are reduced to this before anything else, which bounds the memory that a small file can ask for. */
const MAX_SIDE = 4096;

/** The picture of a data URI, or of a URL where that is allowed. `param` is its place in the request, named in errors. */
export async function openImage(uri: string, param: string, limits: FetchLimits): Promise<Image> {
  const refuse = (message: string) => new ChatError(400, `${param}: ${message}`, param, "invalid_image");
  const bytes = await bytesOf(uri, limits).catch((error: Error) => {
    throw refuse(error.message);
  });
  try {
    return await decodePicture(bytes, { minSide: 1, maxSide: MAX_SIDE });
  } catch (error) {
    throw refuse(`cannot be read as a picture: ${(error as Error).message.split("\n")[0]}.`);
  }
}

async function bytesOf(uri: string, limits: FetchLimits): Promise<Uint8Array> {
  if (/^https?:/i.test(uri)) return fetchImage(uri, limits);
  const data = /^data:image\/[a-z0-9.+-]+;base64,/i.exec(uri);
  if (data) return Buffer.from(uri.slice(data[0].length), "base64");
  throw new Error("should be a data URI: data:image/png;base64,... (PNG, JPEG or WebP).");
}
