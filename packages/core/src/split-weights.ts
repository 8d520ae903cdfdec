/**
 * Weights of 22-bit fixed point, an even number of them, as kernel.wat takes them: for each two, their upper parts (by 11
 * bits), then their lower ones, 16 bits each. In place.
 */
export function splitWeights(weights: Int32Array): void {
  for (let i = 0; i < weights.length; i += 2) {
    const [a, b] = [weights[i], weights[i + 1]];
    weights[i] = ((a >> 11) & 0xffff) | ((b >> 11) << 16);
    weights[i + 1] = (a & 0x7ff) | ((b & 0x7ff) << 16);
  }
}
