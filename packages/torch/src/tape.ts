import { backward, enableGrad } from "./autograd.js";
import { currentScope, moveTo, type Scope, scope } from "./scope.js";
import type { Tensor } from "./tensor.js";

interface Segment {
  /** Computes the outputs once more; null where their graph is kept. */
  readonly again: (() => readonly Tensor[]) | null;
  /** The outputs with the graph behind them, while there is one. */
  graph: readonly Tensor[] | null;
  /** What the rest of the computation sees of the outputs: leaves, where gradients gather. */
  readonly leaves: readonly Tensor[];
}

/**
 * Gradient checkpointing (Chen et al., arXiv 1604.06174). A computation is cut into segments; of each only the inputs are
 * kept, not the graph. backward() goes through them from the last to the first, computes each once more, and hands the
 * gradients on. Memory is that of the inputs and of one segment; the price is one more forward pass.
 *
 * Outputs of a segment are leaves of the graphs that use them, so their gradients gather there until it is the segment's
 * turn. The tape lives in the scope it was made in, and so does what it keeps.
 *
 * @example
 * const tape = new Tape();
 * let x = input;
 * for (const layer of layers) [x] = tape.segment({ x }, ({ x }) => [layer(x)]);
 * tape.backward(x.sum());
 */
export class Tape {
  private readonly home: Scope;
  private readonly segments: Segment[] = [];

  constructor() {
    const home = currentScope();
    if (!home) throw new Error("A Tape must be made inside scope(), which frees what it keeps.");
    this.home = home;
  }

  /**
   * The outputs of `fn`, which will be called once more, with the same inputs, and must compute the same. All tensors that
   * it uses but for weights must be among the `inputs` (as scope() finds tensors). Where nothing in it wants a gradient,
   * it is simply called.
   */
  segment<I>(inputs: I, fn: (inputs: I) => readonly Tensor[]): readonly Tensor[] {
    this.dropGraph();
    const outputs = scope(() => fn(inputs));
    if (!outputs.some(({ requiresGrad }) => requiresGrad)) return outputs;
    moveTo(this.home, inputs);
    return this.add(outputs, () => fn(inputs));
  }

  /** x as a leaf, with its graph kept: what several segments use must be a leaf, for a graph serves one backward pass. */
  cut(x: Tensor): Tensor {
    return x.requiresGrad ? this.add([x], null)[0] : x;
  }

  /** Adds the derivatives of `loss` to the `grad` of all weights, and empties the tape. */
  backward(loss: Tensor): void {
    loss.backward();
    for (let segment = this.segments.pop(); segment; segment = this.segments.pop()) {
      const { again, graph, leaves } = segment;
      const reached = leaves.flatMap((leaf, i) => (leaf.requiresGrad && leaf.grad ? [i] : []));
      if (reached.length > 0) {
        scope(() => {
          const outputs = graph ?? enableGrad(again!);
          backward(
            reached.map((i) => outputs[i]),
            reached.map((i) => leaves[i].grad!),
          );
        });
      }
      for (const leaf of leaves) if (leaf.requiresGrad) leaf.grad = null;
      if (again) freeGraph(segment);
    }
  }

  private add(outputs: readonly Tensor[], again: Segment["again"]): readonly Tensor[] {
    const leaves = outputs.map((output) => (output.requiresGrad ? output.detach().requiresGrad_() : output));
    moveTo(this.home, outputs);
    moveTo(this.home, leaves);
    this.segments.push({ again, graph: outputs, leaves });
    return leaves;
  }

  /** The newest segment keeps its graph, for it may be the last: only when another follows is it computed twice. */
  private dropGraph(): void {
    const newest = this.segments.at(-1);
    if (newest?.again) freeGraph(newest);
  }
}

function freeGraph(segment: Segment): void {
  segment.graph?.forEach((output, i) => {
    if (output !== segment.leaves[i]) output.free();
  });
  segment.graph = null;
}

/** A segment of `tape`, or without one (null) an ordinary part of the graph. */
export function segment<I>(tape: Tape | null, inputs: I, fn: (inputs: I) => readonly Tensor[]): readonly Tensor[] {
  return tape ? tape.segment(inputs, fn) : scope(() => fn(inputs));
}
