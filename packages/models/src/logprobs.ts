import { UserError } from "@ssl4rl/core";
import { cat, noGrad, ones, op, scope, segment, type Tape, type Tensor, tensor, zeros } from "@ssl4rl/torch";
import type { Prompt, QwenVL } from "./qwen2_5_vl.js";

export interface TokenLogprobs {
  /** Log-probability of every token at the given temperature, float32 [B, G, R]; 0 behind a completion's end. */
  readonly logprobs: Tensor;
  /** 1 on a completion's tokens, 0 behind its end: [B, G, R]. */
  readonly mask: Tensor;
  /**
   * Entropy of the distribution each token was drawn from [B, G, R], outside the graph unless it was asked for; 0 behind
   * the end.
   */
  readonly entropy: Tensor;
  /** 1 on tokens that are the likeliest of all, else 0: [B, G, R]; null unless asked for. */
  readonly likeliest: Tensor | null;
}

const index = op<Tensor>("aten::index.Tensor");

/** Logits computed at a time: 256 MiB of float32. */
const LOGITS_PER_CHUNK = 2 ** 26;

interface Options {
  /** Default: the prompt's. */
  readonly tape?: Tape | null;
  /** Entropy with autograd, for a bonus on it: one more [rows, vocabSize] is kept for the backward pass. Default false. */
  readonly entropyGradient?: boolean;
  /** Tell which tokens are the likeliest ones. Default false. */
  readonly likeliest?: boolean;
  /** Rows of logits computed at a time. */
  readonly rowsPerChunk?: number;
}

/**
 * Log-probabilities of completions `ids[b][g]`, G per prompt, R the longest of them. Logits exist only for the rows that
 * predict a token: the prompt's last row serves the first token of all G, the row of token t-1 the later ones
 * (reference page, section 8). With autograd when the prompt has it. On a tape, as without autograd, only one chunk of
 * logits is in memory at a time.
 */
export function completionLogprobs(
  model: QwenVL,
  prompt: Prompt,
  ids: readonly (readonly (readonly number[])[])[],
  temperature: number,
  {
    tape = prompt.tape,
    entropyGradient = false,
    likeliest = false,
    rowsPerChunk = Math.max(1, Math.floor(LOGITS_PER_CHUNK / model.config.text.vocabSize)),
  }: Options = {},
): TokenLogprobs {
  const B = prompt.lengths.length;
  const G = ids[0]?.length ?? 0;
  if (ids.length !== B || G === 0 || ids.some((group) => group.length !== G)) {
    const groups = ids.map((group) => group.length).join(", ") || "none";
    throw new UserError(
      `logprobs: expected ${B} equal groups of completions, one per prompt, got groups of ${groups}.`,
    );
  }
  if (!(temperature > 0)) throw new UserError(`logprobs: temperature must be above 0, got ${temperature}.`);
  const completions = ids.flat();
  const R = Math.max(1, ...completions.map((completion) => completion.length));
  return scope(() => {
    const { device } = prompt.last;
    const reads = planReads(completions, G, R);
    const rows = scope(() => {
      if (R === 1) return prompt.last;
      // The last token of a completion predicts nothing.
      const inputs = ids.map((group) => group.map((completion) => completion.slice(0, -1)));
      return cat([prompt.last, model.extendUnequal(prompt, inputs)]);
    });
    const scores = scoreTokens(model, tape ? tape.cut(rows) : rows, reads, temperature, {
      tape,
      entropyGradient,
      likeliest,
      rowsPerChunk,
    });
    const places = integers(
      reads.map(({ place }) => place),
      device,
    );
    const spread = (values: Tensor) =>
      zeros([B * G * R], { device })
        .indexCopy(0, places, values)
        .reshape([B, G, R]);
    return {
      logprobs: spread(scores.logprobs),
      mask: spread(ones([reads.length], { device })),
      entropy: spread(scores.entropy),
      likeliest: scores.likeliest && spread(scores.likeliest),
    };
  });
}

/** One token of a completion: the row that predicts it, and where its number belongs among B · G · R. */
interface Read {
  readonly row: number;
  readonly token: number;
  readonly place: number;
}

/**
 * Rows that predict something are the B prompts' last ones, then those of all tokens but each completion's last. Reads come
 * in the order of their rows.
 */
function planReads(completions: readonly (readonly number[])[], G: number, R: number): Read[] {
  const reads: Read[] = [];
  completions.forEach((completion, i) => {
    if (completion.length > 0) reads.push({ row: Math.floor(i / G), token: completion[0], place: i * R });
  });
  let row = completions.length / G;
  completions.forEach((completion, i) => {
    for (let t = 1; t < completion.length; t++) reads.push({ row: row++, token: completion[t], place: i * R + t });
  });
  return reads;
}

/**
 * Log-probability, entropy, and whether it is the likeliest token, for every read, from the normed hidden states `rows`
 * [n, hiddenSize].
 */
function scoreTokens(
  model: QwenVL,
  rows: Tensor,
  reads: readonly Read[],
  temperature: number,
  { tape, entropyGradient, likeliest, rowsPerChunk }: Required<Options>,
): { logprobs: Tensor; entropy: Tensor; likeliest: Tensor | null } {
  const { device } = rows;
  const total = rows.shape[0];
  const logprobs: Tensor[] = [];
  const entropy: Tensor[] = [];
  const isLikeliest: Tensor[] = [];
  let from = 0;
  for (let start = 0; start < total; start += rowsPerChunk) {
    const count = Math.min(rowsPerChunk, total - start);
    let to = from;
    while (to < reads.length && reads[to].row < start + count) to++;
    const own = reads.slice(from, to);
    from = to;
    const scored = segment(tape, { rows }, ({ rows }) => {
      const logits = model.logits(rows.narrow(0, start, count)).div_(temperature);
      const all = logits.logSoftmax(-1);
      logits.free();
      const row = integers(
        own.map((read) => read.row - start),
        device,
      );
      const token = integers(
        own.map((read) => read.token),
        device,
      );
      const entropies = entropyGradient
        ? all.exp().mul(all).sum(-1).neg().indexSelect(0, row)
        : noGrad(() => all.exp().mul_(all).sum(-1).neg().indexSelect(0, row));
      const chosen = index(all, [row, token]);
      if (!likeliest) return [chosen, entropies];
      const best = noGrad(() => all.amax([-1]).indexSelect(0, row).eq(chosen).to({ dtype: "float32" }));
      return [chosen, entropies, best];
    });
    logprobs.push(scored[0]);
    entropy.push(scored[1]);
    if (likeliest) isLikeliest.push(scored[2]);
  }
  return {
    logprobs: cat(logprobs),
    entropy: cat(entropy),
    likeliest: likeliest ? cat(isLikeliest) : null,
  };
}

function integers(values: readonly number[], device: string): Tensor {
  return tensor(Int32Array.from(values), [values.length], { dtype: "int64", device });
}
