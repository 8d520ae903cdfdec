import { unknownName } from "@ssl4rl/core";
import { clipOrder } from "./clip-order.js";
import { contrastive } from "./contrastive.js";
import { correspondence } from "./correspondence.js";
import type { TaskFactory } from "./define.js";
import { depthOrder } from "./depth-order.js";
import { attributeMask } from "./graph/attribute-mask.js";
import { attributeText } from "./graph/attribute-text.js";
import { attributeWords } from "./graph/attribute-words.js";
import { linkPrediction } from "./graph/link-prediction.js";
import { linkRelation } from "./graph/link-relation.js";
import { linkTail } from "./graph/link-tail.js";
import { neighborAny } from "./graph/neighbor-any.js";
import { neighborChoice } from "./graph/neighbor-choice.js";
import { neighborPrediction } from "./graph/neighbor-prediction.js";
import { inpainting } from "./inpainting.js";
import { jigsaw } from "./jigsaw.js";
import { jigsawGrid } from "./jigsaw-grid.js";
import { jigsawPair } from "./jigsaw-pair.js";
import { patchFlip } from "./patch-flip.js";
import { patchInpainting } from "./patch-inpainting.js";
import { patchOrder } from "./patch-order.js";
import { position } from "./position.js";
import { regionDepth } from "./region-depth.js";
import { relativePosition } from "./relative-position.js";
import { rotation } from "./rotation.js";
import { similarity } from "./similarity.js";

/** Every task there is. A new one is a file and a line here. */
export const registry: readonly TaskFactory[] = [
  rotation as TaskFactory,
  position as TaskFactory,
  contrastive as TaskFactory,
  similarity as TaskFactory,
  inpainting as TaskFactory,
  patchInpainting as TaskFactory,
  jigsaw as TaskFactory,
  jigsawGrid as TaskFactory,
  jigsawPair as TaskFactory,
  patchOrder as TaskFactory,
  patchFlip as TaskFactory,
  correspondence as TaskFactory,
  clipOrder as TaskFactory,
  depthOrder as TaskFactory,
  regionDepth as TaskFactory,
  relativePosition as TaskFactory,
  attributeMask as TaskFactory,
  attributeWords as TaskFactory,
  attributeText as TaskFactory,
  neighborPrediction as TaskFactory,
  neighborChoice as TaskFactory,
  neighborAny as TaskFactory,
  linkPrediction as TaskFactory,
  linkRelation as TaskFactory,
  linkTail as TaskFactory,
];

/** The task of this name; an unknown name is a UserError with the nearest one. */
export function taskNamed(name: string): TaskFactory {
  const found = registry.find((task) => task.name === name);
  if (!found) {
    throw unknownName(
      "task",
      name,
      registry.map((task) => task.name),
    );
  }
  return found;
}
