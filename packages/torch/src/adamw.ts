import { noGrad } from "./autograd.js";
import { tensor, zeros } from "./create.js";
import { op } from "./operator.js";
import { keep, scope } from "./scope.js";
import type { Tensor } from "./tensor.js";

const mul_ = op("aten::_foreach_mul_.Scalar");
const add_ = op("aten::_foreach_add_.List");
const addScalar_ = op("aten::_foreach_add_.Scalar");
const div_ = op("aten::_foreach_div_.ScalarList");
const sqrt = op<Tensor[]>("aten::_foreach_sqrt");
const addcmul_ = op("aten::_foreach_addcmul_.Scalar");
const addcdiv_ = op("aten::_foreach_addcdiv_.ScalarList");

/**
 * Elements updated at a time. The update goes over them nine times: on a CPU they should stay in its cache. Elsewhere
 * few launches count more, and the limit only bounds the temporary memory.
 */
const batchElements = (device: string) => (device === "cpu" ? 2 ** 16 : 2 ** 26);

const isNarrow = ({ dtype }: Tensor) => dtype === "bfloat16" || dtype === "float16";
const wide = (x: Tensor) => (isNarrow(x) ? x.to({ dtype: "float32" }) : x);

export interface AdamWOptions {
  readonly lr: number;
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay, step for step what torch.optim.AdamW computes. Set `lr` between steps to follow a
 * schedule. A parameter without a gradient is left alone, and its own count of steps stands still.
 *
 * Beside parameters of 16 bits it keeps float32 copies of them ("master weights") and moments in float32: the steps move
 * the copies, the parameters are those rounded. A step of 1e-6 would be lost in the 8 bits of a bfloat16.
 *
 * @example
 * const optimizer = new AdamW(parameters, { lr: 1e-4 });
 * loss.backward();
 * optimizer.step();
 * optimizer.zeroGrad();
 */
export class AdamW {
  lr: number;
  private readonly params: readonly Tensor[];
  /** What the steps move: the parameters themselves, but for those of 16 bits. */
  private readonly masters: readonly Tensor[];
  private readonly betas: readonly [number, number];
  private readonly eps: number;
  private readonly weightDecay: number;
  private readonly means: readonly Tensor[];
  private readonly squares: readonly Tensor[];
  private readonly steps: number[];

  constructor(params: Iterable<Tensor>, { lr, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0.01 }: AdamWOptions) {
    this.lr = lr;
    this.params = [...params];
    if (this.params.length === 0) throw new RangeError("AdamW: got no parameters");
    this.betas = betas;
    this.eps = eps;
    this.weightDecay = weightDecay;
    this.masters = this.params.map((param) => (isNarrow(param) ? keep(scope(() => wide(param.detach()))) : param));
    const blank = () => keep(this.masters.map(({ shape, dtype, device }) => zeros(shape, { dtype, device })));
    this.means = blank();
    this.squares = blank();
    this.steps = this.params.map(() => 0);
  }

  /** Moves every parameter that has a gradient. */
  step(): void {
    noGrad(() => {
      for (const batch of this.batches()) scope(() => this.update(batch));
    });
  }

  /** Places of the parameters with a gradient, in groups. */
  private *batches(): Iterable<readonly number[]> {
    let batch: number[] = [];
    let elements = 0;
    for (let i = 0; i < this.params.length; i++) {
      if (!this.params[i].grad) continue;
      batch.push(i);
      elements += this.params[i].size;
      if (elements < batchElements(this.params[i].device)) continue;
      yield batch;
      batch = [];
      elements = 0;
    }
    if (batch.length > 0) yield batch;
  }

  private update(batch: readonly number[]): void {
    const [beta1, beta2] = this.betas;
    const params = batch.map((i) => this.params[i]);
    const masters = batch.map((i) => this.masters[i]);
    const grads = params.map((param) => wide(param.grad!));
    const means = batch.map((i) => this.means[i]);
    const squares = batch.map((i) => this.squares[i]);
    for (const i of batch) this.steps[i]++;

    mul_(masters, 1 - this.lr * this.weightDecay);
    mul_(means, beta1);
    add_(means, grads, { alpha: 1 - beta1 });
    mul_(squares, beta2);
    addcmul_(squares, grads, grads, 1 - beta2);
    // p -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
    const scales = sqrt(squares);
    div_(
      scales,
      batch.map((i) => Math.sqrt(1 - beta2 ** this.steps[i])),
    );
    addScalar_(scales, this.eps);
    addcdiv_(
      masters,
      means,
      scales,
      batch.map((i) => -this.lr / (1 - beta1 ** this.steps[i])),
    );
    params.forEach((param, i) => {
      if (param !== masters[i]) param.copy_(masters[i]);
    });
  }

  /** Frees the gradients, so that the next backward() starts afresh. */
  zeroGrad(): void {
    for (const param of this.params) param.grad = null;
  }

  /**
   * What a resumed run needs: `step` (float64, one count per parameter, in their order), `exp_avg.0`, `exp_avg_sq.0`, ...,
   * and `master.0`, ... for parameters of 16 bits. They are the optimizer's own tensors, not copies.
   */
  state(): Record<string, Tensor> {
    const state: Record<string, Tensor> = { step: tensor(this.steps, { dtype: "float64" }) };
    this.params.forEach((param, i) => {
      if (this.masters[i] !== param) state[`master.${i}`] = this.masters[i];
      state[`exp_avg.${i}`] = this.means[i];
      state[`exp_avg_sq.${i}`] = this.squares[i];
    });
    return state;
  }

  /** Takes over a state() of an optimizer with the same parameters; copies it. Throws at the first entry that misfits. */
  load(state: Readonly<Record<string, Tensor>>): void {
    const take = (name: string, shape: readonly number[]): Tensor => {
      const found = state[name];
      if (!found) throw new Error(`AdamW.load: the state has no "${name}"`);
      if (found.shape.join() !== shape.join()) {
        throw new Error(`AdamW.load: "${name}" is [${found.shape.join(", ")}], its parameter [${shape.join(", ")}]`);
      }
      return found;
    };
    // All are checked before the first is written: a state that does not fit must not be taken by half.
    const steps = take("step", [this.params.length]);
    const means = this.params.map(({ shape }, i) => take(`exp_avg.${i}`, shape));
    const squares = this.params.map(({ shape }, i) => take(`exp_avg_sq.${i}`, shape));
    const masters = this.params.map((param, i) =>
      this.masters[i] === param ? null : take(`master.${i}`, param.shape),
    );
    this.steps.splice(0, this.steps.length, ...(steps.tolist() as number[]));
    this.means.forEach((mean, i) => void mean.copy_(means[i]));
    this.squares.forEach((square, i) => void square.copy_(squares[i]));
    masters.forEach((master, i) => void (master && this.masters[i].copy_(master)));
  }

  /** Frees moments and master weights. The parameters are their owner's. */
  free(): void {
    for (const own of [...this.means, ...this.squares]) own.free();
    this.masters.forEach((master, i) => {
      if (master !== this.params[i]) master.free();
    });
  }
}
