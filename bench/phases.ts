import { Checkpoint } from "@ssl4rl/models";
import { Tape } from "@ssl4rl/torch";
import type { GrpoInput } from "@ssl4rl/trainer";

export const phaseNames = ["prompt", "sampling", "loss", "backward", "optimiser", "other"] as const;

/** Seconds of each phase. `other` is what lies between them: verdicts, gradients added up, copies for a second thread. */
export type PhaseSeconds = Record<(typeof phaseNames)[number], number>;

/**
 * Watches from outside where a GRPO step's time goes: the calls that begin a phase are timed on their way. Of a step with
 * replicas it sees this thread alone. Gives a function that returns the seconds since it was called last.
 */
export function watchPhases({ policy, optimizer }: Pick<GrpoInput, "policy" | "optimizer">): () => PhaseSeconds {
  let seconds = none();
  let phase: keyof PhaseSeconds = "other";
  let since = performance.now();
  const enter = (next: keyof PhaseSeconds) => {
    const now = performance.now();
    seconds[phase] += (now - since) / 1000;
    [phase, since] = [next, now];
  };
  const watch = <Args extends unknown[], T>(
    during: keyof PhaseSeconds,
    after: keyof PhaseSeconds,
    of: (...args: Args) => T,
  ) =>
    function (this: unknown, ...args: Args): T {
      enter(during);
      const result = of.apply(this, args);
      enter(after);
      return result;
    };
  policy.prepare = watch("prompt", "prompt", prepare);
  policy.prefill = watch("prompt", "other", prefill);
  policy.sample = watch("sampling", "other", sample);
  // What follows until the backward pass is the loss too.
  policy.logprobs = watch("loss", "loss", logprobs);
  Tape.prototype.backward = watch("backward", "other", backward);
  optimizer.step = watch("optimiser", "other", optimizer.step);
  return () => {
    enter("other");
    const spent = seconds;
    seconds = none();
    return spent;
  };
}

const { prepare, prefill, sample, logprobs } = Checkpoint.prototype;
const { backward } = Tape.prototype;

const none = () => Object.fromEntries(phaseNames.map((name) => [name, 0])) as PhaseSeconds;
