import { parentPort, workerData } from "node:worker_threads";
import { Image, protocols, verifier } from "@ssl4rl/core";
import type { PromptInput } from "@ssl4rl/models";
import { taskNamed } from "@ssl4rl/tasks";
import { noGrad, scope, setThreads, zeros } from "@ssl4rl/torch";
import type { GrpoOptions } from "./grpo.js";
import { pack, unpack } from "./pack.js";
import { forwardBackward, type Pass } from "./pass.js";
import { openPolicy, openReference, type Trained } from "./policy.js";
import type { Recipe } from "./recipe.js";
import type { Asked } from "./rollout.js";
import { Stopwatch } from "./stopwatch.js";

/** One step's work for the replica. */
export interface Order {
  readonly weights: Float32Array;
  readonly options: GrpoOptions;
  readonly step: number;
  /** Number of the first of the problems in its step. */
  readonly offset: number;
  readonly problems: readonly {
    readonly prompt: PromptInput;
    readonly task: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly protocol: string;
    readonly target: string;
  }[];
}

export interface Reply {
  readonly passes: Pass[];
  /** Of all trained parameters, in their order, summed over the passes. */
  readonly gradients: Float32Array;
}

// The thread behind replica.ts.
if (!process.env.OMP_NUM_THREADS) setThreads(1);
const { recipe, model } = workerData as { readonly recipe: Trained & Pick<Recipe, "beta">; readonly model: string };
const policy = openPolicy(recipe, model, null);
const reference = recipe.beta > 0 ? openReference(policy, model, recipe) : null;
const parameters = [...policy.model.parameters().values()];
// Nobody reads it: a step's time is the main thread's.
const watch = new Stopwatch();
const port = parentPort!;
port.on("message", ({ weights, options, step, offset, problems }: Order) => {
  scope(() =>
    noGrad(() => {
      for (const [i, values] of unpack(weights, parameters).entries()) parameters[i].copy_(values);
    }),
  );
  const asked = problems.map(({ prompt, task, options, protocol, target }): Asked => {
    const form = protocols.find(({ name }) => name === protocol)!;
    // Classes do not cross threads.
    const images = prompt.images.map(({ width, height, data }) => new Image(width, height, data));
    return { prompt: { ...prompt, images }, verify: verifier(taskNamed(task).create(options).answers, form, target) };
  });
  const passes: Pass[] = [];
  for (let i = 0; i < asked.length; i += options.promptsPerPass) {
    const some = asked.slice(i, i + options.promptsPerPass);
    passes.push(forwardBackward({ policy, reference, watch }, options, some, step, offset + i));
  }
  const gradients = scope(() => pack(parameters.map((parameter) => parameter.grad ?? zeros(parameter.shape))));
  for (const parameter of parameters) parameter.grad = null;
  const reply: Reply = { passes, gradients };
  port.postMessage(reply, [gradients.buffer as ArrayBuffer]);
});
port.postMessage("ready");
