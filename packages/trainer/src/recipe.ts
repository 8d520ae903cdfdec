import { isDeepStrictEqual } from "node:util";
import { protocols, UserError } from "@ssl4rl/core";
import { decoderLinears } from "@ssl4rl/models";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { advantageScales } from "./advantage.js";
import { klEstimators } from "./kl.js";
import { lossTypes } from "./loss.js";
import { samplerCorrections } from "./sampler-correction.js";
import { lossMeans } from "./token-weights.js";
import { rolloutsFirst } from "./updates.js";

const protocolNames = protocols.map(({ name }) => name) as [string, ...string[]];

const keys = {
  /** GRPO, or supervised learning of the right answers to the same problems. */
  method: z.enum(["grpo", "supervised"]).default("grpo"),
  /** A folder in Hugging Face layout, or `tiny-vl`: the small checkpoint that comes with ssl4rl. */
  model: z.string().default("tiny-vl"),
  /** `cpu`, or `cuda`, `cuda:1`, ... where libtorch has it. */
  device: z
    .string()
    .regex(/^(cpu|cuda(:\d+)?)$/, "must be cpu, cuda or cuda:N")
    .default("cpu"),
  /**
   * Kind of number of weights and activations. With bfloat16 the optimiser keeps float32 masters; norms, softmax, angles
   * and the loss are float32 in any case.
   */
  dtype: z.enum(["float32", "bfloat16"]).default("float32"),
  /** A folder of pictures, or `world`: the procedural picture world. */
  images: z.string().default("world"),
  /** A folder of RGB-D pairs, for tasks that need a depth. */
  depth: z.string().optional(),
  /** A folder of videos or of frame folders, for tasks that need frames. */
  videos: z.string().optional(),
  /** A graph (a folder or a file, see docs/graphs.md), for tasks that are posed on its nodes. */
  graph: z.string().optional(),
  /** Poses tasks on nodes, too, that a published split of the graph keeps for validation and test. */
  transductive: z.boolean().default(false),
  /** How many pictures of the world to train on; folders are used whole. */
  worldPictures: z.int().positive().default(1024),
  /** Share of a folder's pictures kept for evaluation, chosen by a hash of their content. */
  heldOut: z.number().min(0).max(0.9).default(0.25),
  /**
   * Tasks by name, each with its options: `- {task: rotation, step: 45}`. They take turns, or have shares of the prompts by
   * `weight`. `levels` are options over these, the easiest first; without a ladder they share the weight of their task.
   */
  tasks: z
    .array(
      z.looseObject({
        task: z.string(),
        weight: z.number().positive().optional(),
        levels: z.array(z.looseObject({})).min(1).optional(),
      }),
    )
    .min(1),
  /** What of the mixture follows the pass rates: see Curriculum. Without it shares stay as they are. */
  curriculum: z
    .strictObject({ learnability: z.boolean().default(false), ladder: z.boolean().default(false) })
    .optional(),
  /** Side, in pixels, of the pictures that tasks emit, unless a task sets its own. */
  size: z.int().positive().default(336),
  protocol: z.enum(protocolNames).default("think-answer"),
  reward: z
    .strictObject({
      accuracy: z.number().default(1),
      format: z.number().default(0),
      /** Worth of the right places of a wrong sequence, 0..1: see RewardWeights. */
      partial: z.number().min(0).max(1).default(0),
    })
    .prefault({}),

  /** Trains low-rank adapters over the model, which stays as it is (see LoraOptions); without it all weights are trained. */
  lora: z
    .strictObject({
      rank: z.int().positive().default(64),
      alpha: z.number().positive().default(32),
      /** Regular expression over whole module paths; the default takes every linear layer of the decoder. */
      targets: z.string().refine(isPattern, "must be a regular expression").default(decoderLinears),
    })
    .optional(),
  /** Leaves the vision tower, merger included, as it is. */
  freezeVision: z.boolean().default(false),

  steps: z.int().positive().default(300),
  /** Prompts per step (B) and rollouts per prompt (G). */
  prompts: z.int().positive().default(32),
  rollouts: z.int().min(2).default(8),
  /** Prompts per update, which divide those of a step; without it a step is one update on all of them. */
  miniBatch: z.int().positive().optional(),
  /** How often a step's rollouts are learnt from (μ). */
  epochs: z.int().positive().default(1),
  /**
   * Dynamic sampling: rounds in which groups whose rollouts all earned the same are made up for by further prompts; 0 keeps
   * them.
   */
  refillRounds: z.int().min(0).max(3).default(0),
  /** Prompts computed at once; bounds memory. */
  promptsPerPass: z.int().positive().default(8),
  /** Compute each layer once more in the backward pass instead of keeping its activations: less memory, more time. */
  gradientCheckpointing: z.boolean().default(false),
  /**
   * Copies of the model that share out a step's prompts, each on a core of its own: 2 makes a small model on the CPU faster,
   * where operators are too short to be shared out. 1 lets each operator use all cores.
   */
  replicas: z.union([z.literal(1), z.literal(2)]).default(1),
  maxNewTokens: z.int().positive().default(512),
  temperature: z.number().positive().default(1),
  /** Penalty for long responses, a part of the reward: 0 up to maxNewTokens − cache tokens, −weight at maxNewTokens. */
  overlong: z.strictObject({ cache: z.int().positive(), weight: z.number().positive().default(1) }).optional(),
  advantageScale: z.enum(advantageScales).default("group"),
  /** Advantages of the rewards' weighted sum, or of each part before they are added up (GDPO). */
  rewardCombination: z.enum(["sum", "gdpo"]).default("sum"),
  clipLow: z.number().min(0).max(1).default(0.2),
  clipHigh: z.number().min(0).default(0.28),
  /** What the loss of a token is, and how a step's loss is made of them: see policyLoss and tokenWeights. */
  loss: z
    .strictObject({
      type: z.enum(lossTypes).default("clip"),
      /** Ratio of each token, or one of the whole response (GSPO). */
      ratio: z.enum(["token", "sequence"]).default("token"),
      mean: z.enum(lossMeans).default("dapo"),
      /** Upper bound of the ratio in the branch that is not clipped. */
      delta: z.number().positive().optional(),
      /** Bounds the loss of a negative advantage A to this times |A|, where the policy has moved; null for no bound. */
      dualClip: z.number().gt(1).nullable().default(3),
      /** SAPO's temperatures for positive advantages and the others. */
      tau: z
        .strictObject({ positive: z.number().positive().default(1), negative: z.number().positive().default(1.05) })
        .prefault({}),
      /** Weight of the entropy bonus. */
      entropy: z.number().min(0).default(0),
      /** Leaves responses that were cut at maxNewTokens out of the loss. */
      maskTruncated: z.boolean().default(false),
    })
    .prefault({}),
  /** KL weight towards the starting checkpoint; 0 for none. */
  beta: z.number().min(0).default(0),
  /** Which estimate of the KL divergence, and where it counts: see KlOptions. */
  kl: z
    .strictObject({
      estimator: z.enum(klEstimators).default("k3"),
      in: z.enum(["loss", "reward"]).default("loss"),
      unbiased: z.boolean().default(false),
      limit: z.number().positive().optional(),
    })
    .prefault({}),
  /** Weights for what the sampler computes otherwise than the loss: see samplerWeights. */
  samplerCorrection: z
    .strictObject({ mode: z.enum(samplerCorrections).default("token-truncate"), max: z.number().min(1).default(3) })
    .optional(),
  learningRate: z.number().positive().default(1e-6),
  /** The rate rises from 0 over this many steps, then stays, or falls to 0 at the end, as in transformers. */
  warmupSteps: z.int().min(0).default(0),
  schedule: z.enum(["constant", "linear", "cosine"]).default("constant"),
  weightDecay: z.number().min(0).default(0.01),
  gradientClip: z.number().positive().default(1),
  seed: z.int().default(0),

  /** Questions per task asked before and after, on held-out pictures. */
  evaluationQuestions: z.int().positive().default(400),
  checkpointEvery: z.int().positive().default(25),
  /** How many of the newest checkpoints are kept. */
  keepCheckpoints: z.int().positive().default(2),
  /** Keeps one more: that of the best accuracy in training, over the `checkpointEvery` steps before it; see best.json. */
  keepBest: z.boolean().default(true),
  /** Steps from one whose rollouts are kept, with their pictures and verdicts, to the next. */
  samplesEvery: z.int().positive().default(10),
  /** Writes TensorBoard event files into the run folder. */
  tensorboard: z.boolean().default(false),
};

/** What supervised learning has no use for. */
const ofGrpo = [
  "curriculum",
  "reward",
  "rollouts",
  "miniBatch",
  "epochs",
  "refillRounds",
  "replicas",
  "temperature",
  "overlong",
  "advantageScale",
  "rewardCombination",
  "clipLow",
  "clipHigh",
  "loss",
  "beta",
  "kl",
  "samplerCorrection",
] as const;

/**
 * What a run is, whole: everything that decides its numbers. One schema is the type, the validator and the defaults; the
 * resolved recipe opens every run folder.
 */
export const recipeSchema = z
  .strictObject(keys)
  .refine(({ replicas, device, dtype }) => replicas === 1 || (device === "cpu" && dtype === "float32"), {
    path: ["replicas"],
    message: "more than 1 needs device cpu and dtype float32",
  })
  .refine((recipe) => recipe.replicas === 1 || !rolloutsFirst(recipe), {
    path: ["replicas"],
    message:
      "more than 1 is for steps of one update: it excludes miniBatch below prompts, epochs, refillRounds, advantageScale batch or task, loss.mean task, rewardCombination gdpo and kl.in reward",
  })
  .refine(({ curriculum, tasks }) => !curriculum?.ladder || tasks.some(({ levels = [] }) => levels.length > 1), {
    path: ["curriculum", "ladder"],
    message: "needs a task with levels, such as {task: jigsaw, levels: [{rows: 1}, {rows: 2}]}",
  })
  .refine(({ prompts, miniBatch = prompts }) => prompts % miniBatch === 0, {
    path: ["miniBatch"],
    message: "must divide prompts",
  })
  .refine(({ overlong, maxNewTokens }) => !overlong || overlong.cache <= maxNewTokens, {
    path: ["overlong", "cache"],
    message: "must not be above maxNewTokens",
  })
  .refine(({ rewardCombination, advantageScale }) => rewardCombination === "sum" || advantageScale === "group", {
    path: ["rewardCombination"],
    message: "gdpo has its own scale: leave advantageScale at group",
  })
  .refine(({ rewardCombination, kl }) => rewardCombination === "sum" || kl.in === "loss", {
    path: ["rewardCombination"],
    message: "gdpo needs the KL term in the loss (kl.in loss)",
  })
  // A task that has earned nothing yet has no scale: the KL term alone, divided by next to none, would be the advantage.
  .refine(({ advantageScale, kl }) => advantageScale !== "task" || kl.in === "loss", {
    path: ["advantageScale"],
    message: "task is the scale of rewards alone: it needs the KL term in the loss (kl.in loss)",
  })
  .refine(({ kl }) => kl.in === "loss" || !kl.unbiased, {
    path: ["kl", "unbiased"],
    message: "is for the KL term in the loss (kl.in loss)",
  })
  .refine(({ loss }) => loss.type === "clip" || loss.delta === undefined, {
    path: ["loss", "delta"],
    message: "is for loss.type clip",
  })
  .refine(({ loss, clipHigh }) => loss.delta === undefined || loss.delta > 1 + clipHigh, {
    path: ["loss", "delta"],
    message: "must be above 1 + clipHigh, or nothing would be clipped there",
  })
  .superRefine((recipe, context) => {
    if (recipe.method === "grpo") return;
    for (const key of ofGrpo) {
      if (isDeepStrictEqual(recipe[key], keys[key].parse(undefined))) continue;
      context.addIssue({ code: "custom", path: [key], message: "means nothing with method supervised: leave it out" });
    }
  });

export type Recipe = z.output<typeof recipeSchema>;

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads a recipe; `origin` names the file in errors. */
export function parseRecipe(text: string, origin: string): Recipe {
  let data: unknown;
  try {
    data = parse(text);
  } catch (error) {
    throw new UserError(`${origin} is not YAML: ${(error as Error).message.split("\n")[0]}`, 2);
  }
  return checkRecipe(data, origin);
}

/** Checks a recipe and fills in the defaults; every fault is named with its key and value. */
export function checkRecipe(data: unknown, origin: string): Recipe {
  const parsed = recipeSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)?.[key], data);
    const got = issue.path.length && value !== undefined ? `, got ${JSON.stringify(value)}` : "";
    return `  ${issue.path.join(".") || "recipe"}: ${issue.message}${got}`;
  });
  const known = Object.keys(keys).join(", ");
  throw new UserError(`${origin}:\n${faults.join("\n")}\nA recipe has these keys: ${known}.`, 2);
}

export function printRecipe(recipe: Recipe): string {
  return stringify(recipe);
}
