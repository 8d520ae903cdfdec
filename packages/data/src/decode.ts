import { Image } from "@ssl4rl/core";
import sharp from "sharp";

/**
 * Decodes any picture file to upright 8-bit RGB: EXIF orientation applied, colours brought to sRGB, transparency on
 * white, first frame of animations. Longer sides above `maxSide` are reduced. Throws, with the reason, for what is not
 * a photo or could not be decoded whole: damaged files (never half grey), vector drawings, depth maps, decompression bombs
 * (from the header, by libvips' pixel limit), and sides that are, or would be after reduction, below `minSide`.
 */
export async function decodePicture(
  bytes: Uint8Array,
  { minSide, maxSide }: { readonly minSide: number; readonly maxSide: number },
): Promise<Image> {
  if (Buffer.from(bytes.subarray(0, 24)).toString("latin1") === "version https://git-lfs.") {
    throw new Error("a Git LFS pointer in place of the picture: `git lfs pull` brings it");
  }
  const picture = sharp(bytes, { failOn: "warning", autoOrient: true });
  const { format, width, height, channels, depth } = await picture.metadata();
  if (format === "svg" || format === "pdf") throw new Error(`a vector drawing (${format}), not a photo`);
  const reduction = Math.max(1, Math.max(width, height) / maxSide);
  if (Math.min(width, height) / reduction < minSide) {
    throw new Error(`${width}x${height} px: the shorter side is below ${Math.ceil(minSide * reduction)} px`);
  }
  const { data, info } = await picture
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
  if (channels === 1 && depth === "ushort" && data.every((value) => value < 64)) {
    throw new Error("16-bit grey within a quarter of its range: a depth map, not a photo");
  }
  return new Image(info.width, info.height, new Uint8Array(data.buffer, data.byteOffset, data.length));
}
