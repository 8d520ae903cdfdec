import { setImmediate } from "node:timers/promises";
import { Random } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { AdamW, clipGradNorm, schedules, scope } from "@ssl4rl/torch";
import { type LessonGroup, teach } from "./teach.js";

export interface WarmUp {
  readonly steps: number;
  /** Highest learning rate, reached after `rise` steps; from there it falls along half a cosine. */
  readonly rate: number;
  readonly rise: number;
  /** A step's lessons by kind; the kinds are named where losses are told. `progress` grows from 0 to 1. */
  readonly lessons: (random: Random, progress: number) => readonly (readonly LessonGroup[])[];
  readonly kinds: readonly string[];
  /** Share of the rate at which a parameter is learnt, by its name; all of it where nothing is said. */
  readonly rateOf?: (name: string) => number;
  /** Steps between two calls of `save`, which is called at the end as well. */
  readonly saveEvery: number;
  readonly save: () => void;
}

const TOLD = 50;

/** Supervised learning of lessons: of each kind the mean loss a token, summed over the kinds. Says aloud how it goes. */
export async function warmUp(checkpoint: Checkpoint, options: WarmUp): Promise<void> {
  const { steps, rate, rise, lessons, kinds, saveEvery, save, rateOf = () => 1 } = options;
  const named = [...checkpoint.model.parameters()];
  const parameters = named.map(([, parameter]) => parameter);
  console.log(`${parameters.reduce((sum, { size }) => sum + size, 0)} parameters, ${checkpoint.tokenizer.size} tokens`);
  const rates = [...new Set(named.map(([name]) => rateOf(name)))];
  const optimizers = rates.map((share) => ({
    share,
    adam: new AdamW(
      named.filter(([name]) => rateOf(name) === share).map(([, parameter]) => parameter),
      // What is to be kept is not made smaller either.
      { lr: rate, weightDecay: share < 1 ? 0 : 0.01 },
    ),
  }));
  const factor = schedules.cosine({ steps, warmup: rise });
  const started = performance.now();
  let recent = kinds.map(() => 0);
  for (let step = 0; step < steps; step++) {
    for (const { share, adam } of optimizers) adam.lr = share * rate * factor(step);
    const losses = lessons(Random.from("lessons", step), step / steps).map((groups) => teach(checkpoint, groups));
    recent = recent.map((sum, i) => sum + losses[i]);
    scope(() => clipGradNorm(parameters, 1));
    for (const { adam } of optimizers) {
      adam.step();
      adam.zeroGrad();
    }
    // Signals are heard between steps.
    await setImmediate();
    if ((step + 1) % TOLD === 0) {
      const seconds = (performance.now() - started) / 1000;
      console.log(
        `step ${step + 1}/${steps}  loss: ${kinds.join(", ")} ${recent.map((sum) => (sum / TOLD).toFixed(3)).join(" ")}  ` +
          `${(seconds / (step + 1)).toFixed(2)} s/step  ${Math.round(((steps - step - 1) * seconds) / (step + 1))} s left`,
      );
      recent = kinds.map(() => 0);
    }
    if ((step + 1) % saveEvery === 0 || step + 1 === steps) save();
  }
}
