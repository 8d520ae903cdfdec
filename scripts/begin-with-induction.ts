import { Random } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { noGrad, type Tensor, tensor } from "@ssl4rl/torch";

/** Pairs of a head's dimensions that turn by 1 to 0.01 a step: all of them tell neighbours apart, the slow ones near from far. */
const PAIRS = { all: [0, 6], slow: [3, 6] } as const;
/** How sharply the token before, a token's likes, and the last name are looked at. */
const SHARPNESS = { before: 6, like: 2, name: 4.5 };

/**
 * Gives a new text model what looking things up begins with, and what takes most of the training to come about by itself: induction
 * heads (Olsson et al. 2022). In the first layer a head looks at the token before, by its place alone (through the biases of query and
 * key, turned by the rotary angle of one step), and writes it beside the token. In the second, two heads look for a token whose
 * predecessor is the present one, and copy it; a third copies the last of the `names` (of nodes, of options), whose vectors have a part
 * in common, so that every token knows whose line it stands in. A head of the third layer looks for the same token as the first two and
 * finds that name with it. The others there look at a token's likes: queries begin as keys (Trockman and Kolter 2023, section 3).
 */
export function beginWithInduction(
  { model: { weights }, config, tokenizer }: Checkpoint,
  names: readonly string[],
): void {
  const { hiddenSize: width, headDim, ropeTheta } = config.text;
  const random = Random.from("induction");
  const part = (layer: number, name: string) => weights.get(`model.layers.${layer}.self_attn.${name}`)!;
  const head = (weight: Tensor, number: number) => weight.narrow(0, number * headDim, headDim);
  const headOut = (weight: Tensor, number: number) => weight.narrow(1, number * headDim, headDim);
  const unit = Float32Array.from({ length: width }, () => random.normal() / Math.sqrt(width));
  const common = tensor(unit, [1, width]);
  const projection = () =>
    tensor(
      Float32Array.from({ length: headDim * width }, () => random.normal() / Math.sqrt(width)),
      [headDim, width],
    );
  /** One that does not see what names have in common. */
  const blind = () => {
    const seeing = projection();
    return seeing.sub(seeing.matmul(common.t()).matmul(common).div(common.mul(common).sum()));
  };

  noGrad(() => {
    for (const layer of [1, 2]) {
      const [query, key] = [part(layer, "q_proj.weight"), part(layer, "k_proj.weight")];
      query.mul_(4);
      key.copy_(query);
    }
    const half = headDim / 2;
    /** A vector that the rotary embedding turns by `turn` steps less than one of turn 0. */
    const turned = ([first, end]: readonly [number, number], sharpness: number, turn: number) =>
      tensor(
        Float32Array.from({ length: headDim }, (_, i) => {
          const pair = i % half;
          const angle = turn * ropeTheta ** (-pair / half);
          return pair < first || pair >= end ? 0 : sharpness * (i < half ? Math.cos(angle) : Math.sin(angle));
        }),
      );
    head(part(0, "q_proj.weight"), 0).zero_();
    head(part(0, "k_proj.weight"), 0).zero_();
    head(part(0, "q_proj.bias"), 0).copy_(turned(PAIRS.all, SHARPNESS.before, 0));
    head(part(0, "k_proj.bias"), 0).copy_(turned(PAIRS.all, SHARPNESS.before, 1));
    const [before, beside] = [blind(), projection()];
    head(part(0, "v_proj.weight"), 0).copy_(before);
    // As long as a token's own vector.
    headOut(part(0, "o_proj.weight"), 0).copy_(beside.t().mul(0.04));

    /** Makes a head write on what it looks at. */
    const copies = (layer: number, number: number, token: Tensor) => {
      head(part(layer, "v_proj.weight"), number).copy_(token);
      headOut(part(layer, "o_proj.weight"), number).copy_(token.t().mul(0.1));
    };
    for (const [layer, number] of [
      [1, 0],
      [1, 1],
      [2, 0],
    ]) {
      head(part(layer, "q_proj.weight"), number).copy_(before.mul(SHARPNESS.like));
      head(part(layer, "k_proj.weight"), number).copy_(beside);
      copies(layer, number, layer === 1 ? blind() : projection());
    }

    const length = config.initializerRange * Math.sqrt(width);
    const vectors = weights.get("model.embed_tokens.weight")!;
    for (const name of names) vectors.narrow(0, tokenizer.encodeText(name)[0], 1).add_(common.mul(length));
    head(part(1, "q_proj.weight"), 2).zero_();
    head(part(1, "q_proj.bias"), 2).copy_(turned(PAIRS.slow, SHARPNESS.name, 0));
    // The common part is a third of the square of a normed name, beside its own vector and what stood before it.
    const seen = turned(PAIRS.slow, SHARPNESS.name / Math.sqrt(width / 3), 0).reshape([headDim, 1]);
    head(part(1, "k_proj.weight"), 2).copy_(seen.matmul(common));
    copies(1, 2, projection());
  });
}
