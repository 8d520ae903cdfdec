import type { Task } from "@ssl4rl/core";

/** A task with its options: `rotation@1  step=90 direction=clockwise size=224`. */
export function describeTask({ id, options }: Task): string {
  const all = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  return [`${id} `, ...all].join(" ");
}
