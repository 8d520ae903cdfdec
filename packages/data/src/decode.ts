import { Image } from "@ssl4rl/core";
import sharp, { type Metadata } from "sharp";
import { hasSrgbProfile } from "./srgb-profile.js";

// What was decoded comes back after thousands of others, if at all.
sharp.cache(false);

const OPTIONS = { failOn: "warning", autoOrient: true } as const;

/** Sizes of pictures, in pixels. */
export interface PictureLimits {
  /** Pictures with a side below this are left out. */
  readonly minSide: number;
  /** Longer sides above this are reduced when a picture is read; what tasks emit is smaller anyway. */
  readonly maxSide: number;
}

/**
 * Throws for what {@link decodePicture} can refuse without decoding: foreign files, vector drawings, too small pictures.
 * Gives what the header says.
 */
export async function checkHeader(bytes: Uint8Array, { minSide, maxSide }: PictureLimits): Promise<Metadata> {
  if (Buffer.from(bytes.subarray(0, 24)).toString("latin1") === "version https://git-lfs.") {
    throw new Error("a Git LFS pointer in place of the picture: `git lfs pull` brings it");
  }
  const header = await sharp(bytes, OPTIONS).metadata();
  const { format, width, height } = header;
  if (format === "svg" || format === "pdf") throw new Error(`a vector drawing (${format}), not a photo`);
  const reduction = Math.max(1, Math.max(width, height) / maxSide);
  if (Math.min(width, height) / reduction < minSide) {
    throw new Error(`${width}x${height} px: the shorter side is below ${Math.ceil(minSide * reduction)} px`);
  }
  return header;
}

/**
 * Decodes any picture file to upright 8-bit RGB: EXIF orientation applied, colours brought to sRGB, transparency on
 * white, first frame of animations. Longer sides above `maxSide` are reduced. Throws, with the reason, for what is not
 * a photo or could not be decoded whole: damaged files (never half grey), vector drawings, depth maps, decompression bombs
 * (from the header, by libvips' pixel limit), and sides that are, or would be after reduction, below `minSide`.
 */
export async function decodePicture(bytes: Uint8Array, { minSide, maxSide }: PictureLimits): Promise<Image> {
  // Of a JPEG (8 bits, no drawing) its size is all that could be wrong: a look ahead would cost a sixth of the decoding.
  const jpeg = isJpeg(bytes);
  const header = jpeg ? null : await checkHeader(bytes, { minSide, maxSide });
  const { data, info } = await sharp(bytes, { ...OPTIONS, ignoreIcc: jpeg && hasSrgbProfile(bytes) })
    .resize({ width: maxSide, height: maxSide, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "white" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true })
    .catch(() => {
      // libvips' own words may be about a picture that another thread decodes at the same time.
      throw new Error("cannot be decoded whole");
    });
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
  if (Math.min(info.width, info.height) <= minSide) await checkHeader(bytes, { minSide, maxSide });
  if (header?.channels === 1 && header.depth === "ushort" && data.every((value) => value < 64)) {
    throw new Error("16-bit grey within a quarter of its range: a depth map, not a photo");
  }
  return new Image(info.width, info.height, new Uint8Array(data.buffer, data.byteOffset, data.length));
}

const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
