import { native } from "./native.js";
import { isPromise } from "./scope.js";
import { Tensor } from "./tensor.js";

/** Runs `fn` without recording a graph. */
export function noGrad<T>(fn: () => T): T {
  return withGradMode(false, fn);
}

/** Runs `fn` recording a graph, inside noGrad() too. */
export function enableGrad<T>(fn: () => T): T {
  return withGradMode(true, fn);
}

function withGradMode<T>(on: boolean, fn: () => T): T {
  const { buffer, setGradMode } = native();
  buffer[0] = on ? 1 : 0;
  setGradMode();
  const before = buffer[0];
  try {
    const result = fn();
    // The mode is the thread's: whatever ran between two awaits would run under it.
    if (isPromise(result))
      throw new TypeError("noGrad() and enableGrad() take functions that do not await; wrap the parts between");
    return result;
  } finally {
    buffer[0] = before;
    setGradMode();
  }
}

/** Adds the derivatives of `outputs`, times their `gradients`, to the `grad` of every leaf they came from. */
export function backward(outputs: readonly Tensor[], gradients: readonly Tensor[]): void {
  if (gradients.length !== outputs.length) {
    throw new RangeError(`backward(): ${outputs.length} outputs, but ${gradients.length} gradients for them`);
  }
  const { buffer, differentiate } = native();
  buffer.set([0, 0, outputs.length, 0]);
  [...outputs, ...gradients].forEach((tensor, i) => {
    buffer[4 + i] = tensor.handle;
  });
  differentiate();
}

/**
 * Derivatives of `outputs` by `inputs`, leaving every `grad` alone; null for an input the outputs do not depend on.
 * Outputs of one number need no `gradOutputs`. `createGraph` lets the derivatives be differentiated again.
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  gradOutputs?: Tensor | readonly (Tensor | null)[] | null,
  options: { retainGraph?: boolean; createGraph?: boolean } = {},
): (Tensor | null)[] {
  const { buffer, differentiate } = native();
  const from = [outputs].flat() as Tensor[];
  const by = [inputs].flat() as Tensor[];
  if (by.length === 0) return [];
  const given = gradOutputs ? ([gradOutputs].flat() as (Tensor | null)[]) : [];
  if (given.length > 0 && given.length !== from.length) {
    throw new RangeError(`grad(): ${from.length} outputs, but ${given.length} gradients for them`);
  }
  const createGraph = options.createGraph ?? false;
  buffer[0] = (options.retainGraph ?? createGraph) ? 1 : 0;
  buffer[1] = createGraph ? 1 : 0;
  buffer[2] = from.length;
  buffer[3] = by.length;
  let position = 4;
  for (const tensor of from) buffer[position++] = tensor.handle;
  for (let i = 0; i < from.length; i++) buffer[position++] = given[i] ? given[i]!.handle : -1;
  for (const tensor of by) buffer[position++] = tensor.handle;
  differentiate();
  // Read all before the first Tensor is made.
  const handles = Array.from(buffer.subarray(0, by.length));
  return handles.map((handle) => (handle < 0 ? null : new Tensor(handle)));
}
