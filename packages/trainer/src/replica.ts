import { Worker } from "node:worker_threads";
import type { Problem } from "@ssl4rl/core";
import { type Checkpoint, LogitsNotFinite } from "@ssl4rl/models";
import { getThreads, scope, setThreads } from "@ssl4rl/torch";
import type { GrpoOptions } from "./grpo.js";
import { pack, unpack } from "./pack.js";
import type { Trained } from "./policy.js";
import { promptOf } from "./problem-stream.js";
import type { Recipe } from "./recipe.js";
import type { Order, Refusal, Reply } from "./replica-worker.js";

/**
 * A second copy of the policy in a thread of its own. The operators of a small model are too short to be shared out over
 * cores, but whole passes are not: this copy takes its share of a step's prompts with the same weights, and its gradients
 * are added to the policy's. Float32 on the CPU only.
 */
export class Replica {
  private constructor(
    private readonly worker: Worker,
    /** Threads of an operator before there was a replica. */
    private readonly threads: number,
  ) {}

  /**
   * `model` is the folder of the starting checkpoint; what is trained of it comes anew with every step. Until the end the
   * operators of both copies have one thread each, or as many as OMP_NUM_THREADS says.
   */
  static async open(recipe: Trained & Pick<Recipe, "beta">, model: string): Promise<Replica> {
    const worker = new Worker(new URL("./replica-worker.js", import.meta.url), { workerData: { recipe, model } });
    const replica = new Replica(worker, getThreads());
    await replica.answer();
    if (!process.env.OMP_NUM_THREADS) setThreads(1);
    return replica;
  }

  /**
   * Takes the passes over `problems`. Their gradients are the caller's to add: see {@link addGradients}. Throws
   * LogitsNotFinite as the policy itself does.
   */
  async start(
    policy: Checkpoint,
    options: GrpoOptions,
    problems: readonly Problem[],
    step: number,
    offset: number,
  ): Promise<Reply> {
    const parameters = [...policy.model.parameters().values()];
    const order: Order = {
      weights: pack(parameters),
      options,
      step,
      offset,
      problems: problems.map((problem) => ({
        prompt: promptOf(problem),
        answer: problem.answers.spec,
        protocol: problem.protocol.name,
        target: problem.target,
      })),
    };
    const coming = this.answer();
    this.worker.postMessage(order, [order.weights.buffer as ArrayBuffer]);
    const answer = (await coming) as Reply | Refusal;
    if ("notFinite" in answer) throw new LogitsNotFinite(answer.notFinite);
    return answer;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
    setThreads(this.threads);
  }

  private answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.worker.once("message", (message) => {
        this.worker.off("error", reject);
        resolve(message);
      });
      this.worker.once("error", reject);
    });
  }
}

/** Adds what a replica found to the policy's own gradients; after these are whole, so that sums are the same every time. */
export function addGradients(policy: Checkpoint, gradients: Float32Array): void {
  const parameters = [...policy.model.parameters().values()];
  scope(() => {
    for (const [i, values] of unpack(gradients, parameters).entries()) {
      const parameter = parameters[i];
      if (parameter.grad) parameter.grad.add_(values);
      else parameter.grad = values.clone();
    }
  });
}
