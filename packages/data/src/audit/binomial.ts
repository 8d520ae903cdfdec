/** Probability of at least `hits` in `trials` independent trials that each succeed with probability `p`. */
export function binomialTail(hits: number, trials: number, p: number): number {
  if (hits <= 0) return 1;
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  // From the likeliest term at or beyond `hits` outwards, in logarithms: nothing over- or underflows.
  let log = logChoose(trials, hits) + hits * Math.log(p) + (trials - hits) * Math.log(1 - p);
  let sum = 0;
  for (let k = hits; k <= trials; k++) {
    const term = Math.exp(log);
    sum += term;
    if (k > trials * p && term < sum * 1e-12) break;
    log += Math.log(((trials - k) / (k + 1)) * (p / (1 - p)));
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const logFactorials = [0];
function logFactorial(n: number): number {
  for (let i = logFactorials.length; i <= n; i++) logFactorials.push(logFactorials[i - 1] + Math.log(i));
  return logFactorials[n];
}

/** Holm's correction: each p-value as it counts when all of them are looked at. Keeps the order of the list. */
export function holm(values: readonly number[]): number[] {
  const order = values.map((p, i) => ({ p, i })).sort((a, b) => a.p - b.p);
  const corrected = new Array<number>(values.length);
  let largest = 0;
  for (const [rank, { p, i }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, p * (values.length - rank)));
    corrected[i] = largest;
  }
  return corrected;
}
