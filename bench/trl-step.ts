import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadCheckpoint } from "@ssl4rl/models";
import { getThreads, readSafetensors, scope, stack, type Tensor } from "@ssl4rl/torch";
import { grpo } from "@ssl4rl/trainer";
import { grpoInput } from "./grpo-input.js";
import { buildSet, pairRecipe, readSet, startTrl, type TrlStep, tinyVl } from "./trl-pair.js";

const APART = 1e-4;

/**
 * Loss and gradients of one step on the same responses: ours are drawn, and given to TRL as token ids; all that follows is
 * its own. Rotations and jigsaws, whose prompts differ in length, a temperature that is not 1, every part of the reward, and
 * a limit that some responses reach.
 */
export async function step(folder: string): Promise<void> {
  const own = join(folder, "step");
  mkdirSync(own);
  const recipe = pairRecipe({
    tasks: [{ task: "rotation" }, { task: "jigsaw" }],
    reward: { accuracy: 1, format: 0.2, partial: 0.5 },
    prompts: 8,
    rollouts: 8,
    promptsPerPass: 4,
    temperature: 1.3,
    steps: 1,
    gradientClip: 1e9,
  });
  const set = buildSet(recipe, recipe.prompts, own);
  const input = grpoInput(recipe, loadCheckpoint(tinyVl), await readSet(set, recipe));
  const { policy, optimizer } = input;

  const drawn: (readonly number[])[] = [];
  const { sample } = policy;
  policy.sample = (prompt, options) => {
    const completions = sample.call(policy, prompt, options);
    drawn.push(...completions.ids.flat());
    return completions;
  };
  let gradients = new Map<string, Tensor>();
  optimizer.step = () => {
    gradients = new Map([...policy.model.parameters()].map(([name, { grad }]) => [name, grad!.clone()]));
  };
  const taken = await grpo(input, recipe).next();
  const ours = taken.value!.metrics;

  const files = { completions: join(own, "completions.json"), gradients: join(own, "gradients.safetensors") };
  writeFileSync(files.completions, JSON.stringify(drawn));
  const peer = await startTrl(set, recipe, { processes: 1, threads: getThreads(), batch: 16 }, files);
  const theirs: TrlStep = await peer.ask("step");
  peer.stop();

  const lengths = new Set(drawn.map(({ length }) => length));
  console.log(
    `${recipe.prompts} prompts, ${drawn.length} responses of ${Math.min(...lengths)} to ${Math.max(...lengths)} tokens ` +
      `drawn by ssl4rl, ${Math.round(ours.truncated * drawn.length)} cut at ${recipe.maxNewTokens}; TRL ${peer.ready.trl}`,
  );
  const rows: Record<string, { ssl4rl: number; TRL: number; apart: number }> = {};
  for (const name of ["reward", "length", "loss", "gradNorm"] as const) {
    rows[name] = { ssl4rl: ours[name], TRL: theirs[name], apart: Math.abs(ours[name] - theirs[name]) };
  }
  console.table(rows);
  const { whole, worst, name } = apart(gradients, files.gradients);
  console.log(
    `gradients of ${gradients.size} tensors: norm of the difference ${whole.toExponential(1)} of the norm; ` +
      `of a single tensor at most ${worst.toExponential(1)} (${name})`,
  );
  if (Math.max(whole, worst, ...Object.values(rows).map((row) => row.apart)) > APART) {
    throw new Error(`The two are further apart than ${APART}.`);
  }
}

/**
 * Norm of the difference over the norm, of all gradients together and of the tensor where it is largest; one whose gradient
 * is nearly 0 by symmetry (the biases of keys) is measured by a thousandth of all.
 */
function apart(gradients: ReadonlyMap<string, Tensor>, file: string) {
  return scope(() => {
    const theirs = new Map(
      [...readSafetensors(file)].map(([name, value]) => [
        name.replace(/^model\.visual\./, "visual.").replace(/^model\.language_model\./, "model."),
        value,
      ]),
    );
    const names = [...gradients.keys()];
    const missing = [...names, ...theirs.keys()].find((name) => !theirs.has(name) || !gradients.has(name));
    if (missing) throw new Error(`${missing} has a gradient on one side only.`);
    const norms = names.map((name) => gradients.get(name)!.norm());
    const differences = names.map((name) => gradients.get(name)!.sub(theirs.get(name)!).norm());
    const total = stack(norms).norm().item();
    const relative = names.map((_, i) => differences[i].item() / Math.max(norms[i].item(), 1e-3 * total));
    const worst = Math.max(...relative);
    return { whole: stack(differences).norm().item() / total, worst, name: names[relative.indexOf(worst)] };
  });
}
