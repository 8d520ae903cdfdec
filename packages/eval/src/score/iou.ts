import type { Box } from "../question.js";

/**
 * Intersection over union as Visual Jigsaw counts it (eval_lisa_grounding.py): the last column and row belong to the intersection
 * as pixels do, while areas are those of the lines. 0 where the boxes do not meet, or neither has an area.
 */
export function iou(a: Box, b: Box): number {
  const [x1, y1] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  const [x2, y2] = [Math.min(a[2] - 1, b[2] - 1), Math.min(a[3] - 1, b[3] - 1)];
  const intersection = x1 < x2 && y1 < y2 ? (x2 - x1 + 1) * (y2 - y1 + 1) : 0;
  const union = area(a) + area(b) - intersection;
  return union === 0 ? 0 : intersection / union;
}

const area = ([x1, y1, x2, y2]: Box) => (x2 - x1) * (y2 - y1);
