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
 * @example
 * const optimizer = new AdamW(parameters, { lr: 1e-4 });
 * loss.backward();
 * optimizer.step();
 * optimizer.zeroGrad();
 */
export class AdamW {
  lr: number;
  private readonly params: readonly Tensor[];
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
    const blank = () => keep(this.params.map(({ shape, dtype, device }) => zeros(shape, { dtype, device })));
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
    const grads = params.map((param) => param.grad);
    const means = batch.map((i) => this.means[i]);
    const squares = batch.map((i) => this.squares[i]);
    for (const i of batch) this.steps[i]++;

    mul_(params, 1 - this.lr * this.weightDecay);
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
      params,
      means,
      scales,
      batch.map((i) => -this.lr / (1 - beta1 ** this.steps[i])),
    );
  }

  /** Frees the gradients, so that the next backward() starts afresh. */
  zeroGrad(): void {
    for (const param of this.params) param.grad = null;
  }

  /**
   * What a resumed run needs: `step` (float64, one count per parameter, in their order), `exp_avg.0`, `exp_avg_sq.0`, ...
   * The moments are the optimizer's own tensors, not copies.
   */
  state(): Record<string, Tensor> {
    const state: Record<string, Tensor> = { step: tensor(this.steps, { dtype: "float64" }) };
    this.params.forEach((_, i) => {
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
    this.steps.splice(0, this.steps.length, ...(steps.tolist() as number[]));
    this.means.forEach((mean, i) => void mean.copy_(means[i]));
    this.squares.forEach((square, i) => void square.copy_(squares[i]));
  }

  /** Frees the moments. The parameters are their owner's. */
  free(): void {
    for (const moment of [...this.means, ...this.squares]) moment.free();
  }
}
