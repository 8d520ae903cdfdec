import type { Image } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import { ChatError } from "./chat-error.js";

/** Longer sides are reduced to this before anything else, which bounds the memory that a small file can ask for. */
const MAX_SIDE = 4096;

/** The picture of a data URI. `param` is its place in the request, named in errors. */
export async function openImage(uri: string, param: string): Promise<Image> {
  const refuse = (message: string) => new ChatError(400, `${param}: ${message}`, param, "invalid_image");
  if (/^https?:/i.test(uri)) {
    throw refuse("pictures are not fetched from other servers. Send a data URI: data:image/png;base64,...");
  }
  const data = /^data:image\/[a-z0-9.+-]+;base64,/i.exec(uri);
  if (!data) throw refuse("should be a data URI: data:image/png;base64,... (PNG, JPEG or WebP).");
  try {
    return await decodePicture(Buffer.from(uri.slice(data[0].length), "base64"), { minSide: 1, maxSide: MAX_SIDE });
  } catch (error) {
    throw refuse(`cannot be read as a picture: ${(error as Error).message.split("\n")[0]}.`);
  }
}
