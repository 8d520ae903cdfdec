import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { Graph, type GraphData, type Need } from "@ssl4rl/core";
import { layoutNamed, type SkippedFile } from "@ssl4rl/data";
import { recipeArms } from "@ssl4rl/trainer";
import { type FileRecord, makeFile } from "./make-file.js";
import { openKinds } from "./open-kinds.js";
import type { FileOfSet, Plan } from "./plan.js";
import { remoteStored, type StoredFacts } from "./shared-stored.js";
import { dealOut, type Finding, look, type Places } from "./survey.js";

/** What a worker is told when it starts. */
export interface Start {
  readonly plan: Plan;
  /** The set's folder. */
  readonly out: string;
  /** The plan's graph, whose arrays all threads share. */
  readonly graph: GraphData | null;
  /** Where the plan's pictures are files: what they are, and who reads them. */
  readonly files: { readonly facts: StoredFacts; readonly port: MessagePort } | null;
}

/** What a worker can be asked. */
export type Job =
  | { readonly kind: "look"; readonly need: Need | null; readonly from: number; readonly to: number }
  | { readonly kind: "deal"; readonly places: Places }
  | { readonly kind: "make"; readonly file: FileOfSet };

/** A worker's first word: what its sources are. */
export type Ready = ReadonlyMap<
  Need | null,
  { readonly name: string; readonly length: number; readonly skipped: readonly SkippedFile[] }
>;

/** Classes do not cross threads, so an error comes as its fields. */
export type Answer =
  | { readonly done: Ready | readonly Finding[] | FileRecord | null }
  | {
      readonly failed: {
        readonly name: string;
        readonly message: string;
        readonly exitCode?: 1 | 2;
        readonly code?: string;
      };
    };

// The thread behind workers.ts.
const { plan, out, graph, files } = workerData as Start;
const arms = recipeArms(plan);
const port = parentPort!;
let dealt: Places = new Map();
const opening = openKinds(
  plan,
  arms.map(({ task }) => task),
  files && remoteStored(files.facts, files.port),
  graph && new Graph(graph),
);

async function answer(work: () => Promise<Extract<Answer, { done: unknown }>["done"]>): Promise<void> {
  try {
    port.postMessage({ done: await work() } satisfies Answer);
  } catch (error) {
    const { name, message, exitCode, code } = error as Error & { exitCode?: 1 | 2; code?: string };
    port.postMessage({ failed: { name, message, exitCode, code } } satisfies Answer);
  }
}

port.on("message", (job: Job) =>
  answer(async () => {
    const opened = await opening;
    if (job.kind === "look") return look(opened.get(job.need)!.source, job.from, job.to, plan.dedupe);
    if (job.kind === "deal") {
      dealt = job.places;
      return null;
    }
    return makeFile(job.file, { plan, arms, layout: layoutNamed(plan.format), sourceOf: dealOut(opened, dealt) }, out);
  }),
);
await answer(async () => {
  const opened = await opening;
  return new Map(
    [...opened].map(([need, { source, skipped }]) => [need, { name: source.name, length: source.length, skipped }]),
  );
});
