export { AdamW, type AdamWOptions } from "./adamw.js";
export { backward, enableGrad, grad, noGrad } from "./autograd.js";
export { clipGradNorm } from "./clip-grad-norm.js";
export {
  arange,
  empty,
  eye,
  full,
  ones,
  type RandomOptions,
  rand,
  randint,
  randn,
  type TensorOptions,
  tensor,
  zeros,
} from "./create.js";
export type { DType, TypedArray } from "./dtype.js";
export { cat, embedding, linear, multinomial, stack, tril, triu, where } from "./functions.js";
export { Generator, manualSeed } from "./generator.js";
export { hasOp, type Operator, op } from "./operator.js";
export { readSafetensors, SafetensorsFile } from "./read-safetensors.js";
export {
  cudaAvailable,
  getThreads,
  libtorchConfig,
  libtorchOrigin,
  libtorchVersion,
  liveTensors,
  setThreads,
} from "./runtime.js";
export { type Schedule, schedules } from "./schedules.js";
export { keep, scope, scopeAsync } from "./scope.js";
export { segment, Tape } from "./tape.js";
export { type Operand, Tensor } from "./tensor.js";
export { writeSafetensors } from "./write-safetensors.js";
