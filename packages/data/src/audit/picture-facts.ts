import { encodePng, Image } from "@ssl4rl/core";
import { decodePicture } from "../decode.js";
import { type BlockGrid, blockGrid } from "./block-grid.js";
import { type Border, border } from "./border.js";
import { type FileKind, fileKind } from "./file-kind.js";
import { type Fingerprint, fingerprint } from "./fingerprint.js";
import { greyPlane } from "./grey-plane.js";
import { sharpness } from "./sharpness.js";

/** All that the audit keeps of a picture: how it was made, not what it shows. */
export interface PictureFacts {
  readonly width: number;
  readonly height: number;
  readonly file: FileKind;
  readonly border: Border;
  /** Logarithm of bytes per pixel. */
  readonly bytes: number;
  readonly sharpness: readonly number[];
  readonly grid: BlockGrid;
  readonly print: Fingerprint | null;
}

/** Throws, with the reason, where the file cannot be decoded. */
export async function pictureFacts(picture: Uint8Array | Image): Promise<PictureFacts> {
  const stored = picture instanceof Image ? null : picture;
  const image = picture instanceof Image ? picture : await decodePicture(picture, { minSide: 1, maxSide: 2 ** 16 });
  const file = stored ? fileKind(stored) : { header: "pixels", quantiser: 0, lossless: true };
  const grey = greyPlane(image);
  return {
    width: image.width,
    height: image.height,
    file,
    border: border(image),
    bytes: stored && !file.lossless ? Math.log(stored.length / (image.width * image.height)) : losslessBytes(image),
    sharpness: sharpness(image, grey),
    grid: blockGrid(grey),
    print: fingerprint(image),
  };
}

/**
 * The length of a lossless file says as much about the encoder as about the pixels, and rows pack differently from
 * columns. So the middle is packed by us, as it is and turned.
 */
function losslessBytes(image: Image): number {
  const [width, height] = [Math.min(128, image.width), Math.min(128, image.height)];
  const middle = image.crop((image.width - width) >> 1, (image.height - height) >> 1, width, height);
  const length = encodePng(middle).length + encodePng(middle.quarterTurns(1)).length;
  return Math.log(length / (2 * width * height));
}
