/**
 * What the time of a step goes into. `prompt` is the vision tower and the decoder over prompts, `loss` the forward pass over
 * responses (of the policy, and of the reference), `replica` handing work to it, waiting for it and adding up its gradients.
 */
export type Phase = "posing" | "prompt" | "sampling" | "loss" | "backward" | "optimiser" | "replica";

/** What a step took of this machine: no two runs agree in it. */
export interface MachineMetrics {
  /** Of the whole step. Evaluations and checkpoints come on top. */
  readonly seconds: number;
  /**
   * Seconds of each phase that took place; they add up to `seconds`. A GPU works behind: what a phase only launched is counted
   * in the next one that needs a result.
   */
  readonly phases: Readonly<Partial<Record<Phase, number>>>;
  /** Tokens of responses per second of the step. */
  readonly tokensPerSecond: number;
  /** The most memory that the process has held at a time so far, in bytes; a GPU's not counted. */
  readonly peakBytes: number;
}

/** Shares out the time of a step: each lap goes to the phase that has just ended. */
export class Stopwatch {
  private readonly started = performance.now();
  private last = this.started;
  private readonly phases: Partial<Record<Phase, number>> = {};

  /** Books the time since the last lap, or since the start. */
  lap(phase: Phase): void {
    const now = performance.now();
    this.phases[phase] = (this.phases[phase] ?? 0) + (now - this.last) / 1000;
    this.last = now;
  }

  /** Of a step that ended with the last lap and drew so many tokens. */
  metrics(tokens: number): MachineMetrics {
    const seconds = (this.last - this.started) / 1000;
    return {
      seconds,
      phases: this.phases,
      tokensPerSecond: tokens / seconds,
      // In kilobytes, on every system.
      peakBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}
