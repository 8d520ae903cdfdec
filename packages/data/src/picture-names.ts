import { extname } from "node:path";

const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".tif", ".tiff"];

/** Whether a file's name ends as those of pictures do. */
export function isPictureName(name: string): boolean {
  return EXTENSIONS.includes(extname(name).toLowerCase());
}
