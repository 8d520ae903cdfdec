/**
 * erfc(x) = 1 - erf(x) for x >= 0, to about 1e-13 relative: the positive series of erf near zero (Abramowitz and Stegun
 * 7.1.6), the continued fraction of erfc (7.1.14), evaluated from its far end, beyond. The upper tail of chi-square with one
 * degree of freedom is erfc(sqrt(chi² / 2)).
 */
export function complementaryError(x: number): number {
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2) {
    let term = 2 * x;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - scale * sum;
  }
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return scale / fraction;
}
