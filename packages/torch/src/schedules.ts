/** Factor for the learning rate at a step, counted from 0. */
export type Schedule = (step: number) => number;

interface Span {
  /** Steps of the whole run. */
  readonly steps: number;
  /** Steps in which the factor rises from 0 to 1. */
  readonly warmup?: number;
}

const rise = (step: number, warmup: number) => step / Math.max(1, warmup);
const progress = (step: number, { steps, warmup = 0 }: Span) =>
  Math.min(1, (step - warmup) / Math.max(1, steps - warmup));

/** The schedules of transformers (`get_constant_schedule_with_warmup` and its kin), number for number. */
export const schedules = {
  constant({ warmup = 0 }: { readonly warmup?: number } = {}): Schedule {
    return (step) => (step < warmup ? rise(step, warmup) : 1);
  },
  /** Down to 0 at `steps` in a straight line. */
  linear(span: Span): Schedule {
    const { warmup = 0 } = span;
    return (step) => (step < warmup ? rise(step, warmup) : 1 - progress(step, span));
  },
  /** Down to 0 at `steps` along half a cosine. */
  cosine(span: Span): Schedule {
    const { warmup = 0 } = span;
    return (step) => (step < warmup ? rise(step, warmup) : (1 + Math.cos(Math.PI * progress(step, span))) / 2);
  },
} as const;
