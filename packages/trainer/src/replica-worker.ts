import { parentPort, workerData } from "node:worker_threads";
import { type AnswerSpec, answerKind, Image, protocols, verifier } from "@ssl4rl/core";
import { LogitsNotFinite, type PromptInput } from "@ssl4rl/models";
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
    readonly answer: AnswerSpec;
    readonly protocol: string;
    readonly target: string;
  }[];
}

export interface Reply {
  readonly passes: Pass[];
  /** Of all trained parameters, in their order, summed over the passes. */
  readonly gradients: Float32Array;
}

/** In place of a reply where the policy gave nothing to draw from: the words of the error. */
export interface Refusal {
  readonly notFinite: string;
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
port.on("message", (order: Order) => {
  try {
    const reply = learn(order);
    port.postMessage(reply, [reply.gradients.buffer as ArrayBuffer]);
  } catch (error) {
    // Classes do not cross threads.
    if (!(error instanceof LogitsNotFinite)) throw error;
    port.postMessage({ notFinite: error.message } satisfies Refusal);
  }
});
port.postMessage("ready");

function learn({ weights, options, step, offset, problems }: Order): Reply {
  scope(() =>
    noGrad(() => {
      for (const [i, values] of unpack(weights, parameters).entries()) parameters[i].copy_(values);
    }),
  );
  const asked = problems.map(({ prompt, answer, protocol, target }): Asked => {
    const form = protocols.find(({ name }) => name === protocol)!;
    // Classes do not cross threads.
    const images = prompt.images.map(({ width, height, data }) => new Image(width, height, data));
    return { prompt: { ...prompt, images }, verify: verifier(answerKind(answer), form, target) };
  });
  const passes: Pass[] = [];
  for (let i = 0; i < asked.length; i += options.promptsPerPass) {
    const some = asked.slice(i, i + options.promptsPerPass);
    passes.push(forwardBackward({ policy, reference, watch }, options, some, step, offset + i));
  }
  const gradients = scope(() => pack(parameters.map((parameter) => parameter.grad ?? zeros(parameter.shape))));
  for (const parameter of parameters) parameter.grad = null;
  return { passes, gradients };
}
