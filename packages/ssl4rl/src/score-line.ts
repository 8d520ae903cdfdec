import type { TaskScore } from "@ssl4rl/trainer";

/** `rotation@1  accuracy 0.74 [0.69, 0.78]  chance 0.25  400 questions on 400 pictures  format errors 0.0%` */
export function describeScore(task: string, score: TaskScore): string {
  const interval = `[${score.low.toFixed(2)}, ${score.high.toFixed(2)}]`;
  return (
    `${task}  accuracy ${score.accuracy.toFixed(3)} ${interval}  chance ${score.chance.toFixed(3)}  ` +
    `${score.n} questions on ${score.clusters} pictures  format errors ${(100 * score.formatError).toFixed(1)}%`
  );
}
