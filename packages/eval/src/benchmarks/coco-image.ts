import { join } from "node:path";
import type { QuestionImage } from "../question.js";
import { fileImage } from "../read/file-image.js";

/**
 * A picture of COCO 2017 in a folder with val2017, train2017 or both. Names of 2014, `COCO_val2014_000000000042.jpg`, are the
 * same pictures.
 */
export function cocoImage(folder: string, name: string): QuestionImage {
  const file = name.replace(/^COCO_(train|val)2014_/, "");
  return fileImage(join(folder, "val2017", file), join(folder, "train2017", file));
}
