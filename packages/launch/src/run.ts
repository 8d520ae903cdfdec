import { checkRecipe, type Recipe } from "@ssl4rl/trainer";

/** How a set is to be trained on. */
export interface Training {
  /** Where the settings come from, as launch files say it. */
  readonly origin: string;
  /** A name for the run. */
  readonly name: string;
  readonly recipe: Recipe;
}

/** A training on a set that is there. */
export interface Run extends Training {
  readonly rows: { readonly train: number; readonly validation: number };
  /** What the rows of each task hold: the most pictures of a row, and the most tokens of its prompt. */
  readonly counts: readonly { readonly mostImages: number; readonly mostPromptTokens: number }[];
}

/** A file beside the rows that starts a trainer on them. */
export interface LaunchFile {
  readonly name: "launch.sh" | "launch.py";
  readonly text: string;
}

/**
 * The settings of a recipe that all trainers share, for a set: no more prompts a step than there are rows, and lengths that
 * hold every prompt.
 */
export function settingsOf({ recipe, rows, counts }: Run) {
  const few = rows.train < recipe.prompts;
  // Batches of eight can be dealt out to as many GPUs.
  const prompts = few ? rows.train - (rows.train % 8) || rows.train : recipe.prompts;
  const miniBatch = few ? prompts : (recipe.miniBatch ?? prompts);
  const promptTokens = Math.max(...counts.map(({ mostPromptTokens }) => mostPromptTokens));
  return {
    few,
    prompts,
    /** Prompts for one step of the optimiser; each batch is for `updates` of them. */
    miniBatch,
    updates: prompts / miniBatch,
    promptTokens,
    responseTokens: recipe.maxNewTokens,
    /** The longest sequence there can be. */
    tokens: promptTokens + recipe.maxNewTokens,
    images: Math.max(...counts.map(({ mostImages }) => mostImages)),
    model: recipe.model.startsWith("Qwen2.5-VL-") ? `Qwen/${recipe.model}` : recipe.model,
  };
}

/** What a launch file says of itself, a line each; `carries` are keys of a recipe that it holds and others do not. */
export function aboutRun(run: Run, carries: readonly (keyof Recipe)[] = []): string[] {
  const { few, prompts, promptTokens } = settingsOf(run);
  const lines = [
    `Settings: ${run.origin}.`,
    `Prompts have at most ${promptTokens} tokens of Qwen2.5-VL: those of the pictures, and a token for each byte of text.`,
  ];
  if (few)
    lines.push(
      `The set has ${run.rows.train} rows to train on, so a step takes ${prompts} of the ${run.recipe.prompts} prompts.`,
    );
  const left = leftOut(run.recipe).filter((key) => !carries.includes(key));
  if (left.length)
    lines.push(`Not carried over from the recipe, for trainers name or do it otherwise: ${left.join(", ")}.`);
  return lines;
}

/** Keys of the algorithm that launch files do not carry, where a recipe sets them to something of its own. */
function leftOut(recipe: Recipe): (keyof Recipe)[] {
  const plain = checkRecipe({ tasks: recipe.tasks }, "defaults");
  const keys = [
    "curriculum",
    "method",
    "lora",
    "freezeVision",
    "epochs",
    "refillRounds",
    "overlong",
    "rewardCombination",
    "loss",
    "kl",
    "samplerCorrection",
  ] as const;
  const left: (keyof Recipe)[] = keys.filter((key) => JSON.stringify(recipe[key]) !== JSON.stringify(plain[key]));
  const scale = recipe.advantageScale;
  return scale === "group" || scale === "none" ? left : [...left, "advantageScale"];
}
