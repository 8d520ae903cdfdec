import { type Tensor, tensor } from "@ssl4rl/torch";

/** The numbers of float32 tensors, one after the other, for another thread. */
export function pack(tensors: readonly Tensor[]): Float32Array {
  const packed = new Float32Array(tensors.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const one of tensors) {
    packed.set(one.data() as Float32Array, at);
    at += one.size;
  }
  return packed;
}

/** Tensors of the shapes of `like` from what `pack` made of such. */
export function unpack(packed: Float32Array, like: readonly Tensor[]): Tensor[] {
  let at = 0;
  return like.map(({ shape, size }) => {
    at += size;
    return tensor(packed.subarray(at - size, at), shape);
  });
}
