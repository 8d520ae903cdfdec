import type { Box } from "../question.js";

/** A box of one category in one picture. */
export interface Detection {
  readonly image: number;
  readonly category: number;
  readonly box: Box;
}

/**
 * OVD-Eval's score (om-ai-lab/OVDEval: eval.py; penghao-wu/visual_jigsaw: eval/eval_ovd_eval.py): COCO's AP@[.50:.05:.95] after all but
 * one of the detections upon one true box, whatever their categories, are taken away. All detections count as equally sure, so their order
 * in `given` is their rank.
 */
export function nmsAp(given: readonly Detection[], truth: readonly Detection[]): number {
  const kept = [...byImage(given)].flatMap(([image, detections]) =>
    suppress(
      detections,
      truth.filter((each) => each.image === image),
    ),
  );
  return averagePrecision(kept, truth);
}

/** Of the detections that lie on one true box (IoU above 0.5) the last stays, and those that another true box keeps. */
function suppress(detections: readonly Detection[], truth: readonly Detection[]): Detection[] {
  const keep = new Set<Detection>();
  const drop = new Set<Detection>();
  for (const { box } of truth) {
    const upon = detections.filter((detection) => overlap(detection.box, box) > 0.5);
    if (upon.length === 0) continue;
    keep.add(upon[upon.length - 1]);
    for (const detection of upon.slice(0, -1)) drop.add(detection);
  }
  return detections.filter((detection) => keep.has(detection) || !drop.has(detection));
}

const RECALLS = Array.from({ length: 101 }, (_, i) => i * 0.01);
const THRESHOLDS = Array.from({ length: 10 }, (_, i) => 0.5 + i * ((0.95 - 0.5) / 9));
const MOST_PER_IMAGE = 100;

/**
 * COCO's mean average precision over ten thresholds, 101 recalls and the categories that have true boxes, as pycocotools counts it
 * with equal scores, all areas, no crowds, and 100 detections a picture and category.
 */
export function averagePrecision(given: readonly Detection[], truth: readonly Detection[]): number {
  const categories = [...new Set(truth.map(({ category }) => category))];
  const of = (list: readonly Detection[], category: number) =>
    byImage(list.filter((each) => each.category === category));
  const means = categories.map((category) => {
    const [detections, boxes] = [of(given, category), of(truth, category)];
    const total = truth.filter((each) => each.category === category).length;
    const images = [...new Set([...detections.keys(), ...boxes.keys()])].sort((a, b) => a - b);
    const precisions = THRESHOLDS.map((threshold) => {
      const right = images.flatMap((image) => match(detections.get(image) ?? [], boxes.get(image) ?? [], threshold));
      return meanPrecision(right, total);
    });
    return mean(precisions);
  });
  return mean(means);
}

/** Which detections find a true box: each takes, of those left, the one it covers best. */
function match(detections: readonly Detection[], truth: readonly Detection[], threshold: number): boolean[] {
  const taken = new Set<number>();
  return detections.slice(0, MOST_PER_IMAGE).map(({ box }) => {
    let best = -1;
    let least = Math.min(threshold, 1 - 1e-10);
    for (const [i, { box: other }] of truth.entries()) {
      const covered = taken.has(i) ? -1 : overlap(box, other);
      if (covered < least) continue;
      [best, least] = [i, covered];
    }
    if (best >= 0) taken.add(best);
    return best >= 0;
  });
}

/** Precision at 101 recalls, each the best at that recall or a higher one; 0 where it is not reached. */
function meanPrecision(right: readonly boolean[], total: number): number {
  let hits = 0;
  const curve = right.map((hit, i) => {
    if (hit) hits++;
    return { recall: hits / total, precision: hits / (i + 1) };
  });
  for (let i = curve.length - 2; i >= 0; i--) {
    curve[i].precision = Math.max(curve[i].precision, curve[i + 1].precision);
  }
  let at = 0;
  return mean(
    RECALLS.map((recall) => {
      while (at < curve.length && curve[at].recall < recall) at++;
      return curve[at]?.precision ?? 0;
    }),
  );
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = ([x1, y1, x2, y2]: Box) => (x2 - x1) * (y2 - y1);
  return (width * height) / (area(a) + area(b) - width * height);
}

function byImage(detections: readonly Detection[]): Map<number, Detection[]> {
  const images = new Map<number, Detection[]>();
  for (const detection of detections) {
    const list = images.get(detection.image);
    if (list) list.push(detection);
    else images.set(detection.image, [detection]);
  }
  return images;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
