// How the cost of a GRPO step grows: seconds by phase for 2 to 32 responses to a prompt, for 1 to 9 pictures in a prompt, for
// 16 to 256 prompts in a step; and what share of the machine's rate for matrix products training reaches.
//   npm run bench -- growth [tiny] [large] [docs]      docs writes docs/cost.md and docs/cost.svg, from a run of all
// tiny is checkpoints/tiny-vl, whose operators are small; large a random model of 131 million parameters.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answerOnly, type Problem, type Task } from "@ssl4rl/core";
import { Checkpoint, loadCheckpoint } from "@ssl4rl/models";
import { getThreads, libtorchVersion, ones, scope } from "@ssl4rl/torch";
import { checkRecipe, grpo, promptOf, recipeArms } from "@ssl4rl/trainer";
import { type PassFlops, passFlops } from "./flops.js";
import { grpoInput } from "./grpo-input.js";
import { linePlot, type Panel } from "./line-plot.js";
import { full, question } from "./model-pair.js";
import { writeRandomCheckpoint } from "./random-checkpoint.js";

/** What a step is made of; pictures are square, responses all of one length. */
interface Shape {
  readonly prompts: number;
  readonly pictures: number;
  readonly responses: number;
}

interface Model {
  readonly name: string;
  readonly folder: string;
  /** Side of a picture in pixels, words of a prompt, tokens of a response. */
  readonly side: number;
  readonly words: number;
  readonly tokens: number;
  readonly promptsPerPass: number;
  readonly rounds: number;
  readonly base: Shape;
  readonly series: { readonly [K in keyof Shape]?: readonly number[] };
}

const tiny: Model = {
  name: "tiny-vl",
  folder: fileURLToPath(new URL("../checkpoints/tiny-vl", import.meta.url)),
  side: 112,
  words: 40,
  tokens: 16,
  promptsPerPass: 8,
  rounds: 3,
  base: { prompts: 16, pictures: 2, responses: 8 },
  series: { responses: [2, 4, 8, 16, 32], pictures: [1, 2, 4, 6, 9], prompts: [16, 32, 64, 128, 256] },
};

const large = (folder: string): Model => ({
  name: "random, 131 million parameters",
  folder,
  side: 336,
  words: 112,
  tokens: 32,
  promptsPerPass: 1,
  rounds: 1,
  base: { prompts: 1, pictures: 2, responses: 8 },
  series: { responses: [2, 4, 8, 16, 32], pictures: [1, 2, 4, 6, 9] },
});

const said = {
  responses: "responses to a prompt",
  pictures: "pictures in a prompt",
  prompts: "prompts in a step",
} as const;

const phaseNames = ["prompt", "sampling", "loss", "backward", "optimiser"] as const;

interface Measured {
  readonly shape: Shape;
  readonly promptTokens: number;
  readonly seconds: Readonly<Record<(typeof phaseNames)[number], number>>;
  readonly total: number;
  readonly flops: PassFlops;
}

export default async function bench(): Promise<void> {
  const words = process.argv.slice(3);
  const unknown = words.find((word) => !["tiny", "large", "docs"].includes(word));
  if (unknown) throw new Error(`There is no part ${unknown}: npm run bench -- growth [tiny] [large] [docs]`);
  const wanted = (part: string) => words.includes("docs") || words.length === 0 || words.includes(part);
  const folder = mkdtempSync(join(tmpdir(), "ssl4rl-bench-"));
  const rate = matmulRate();
  const machine =
    `${cpus()[0].model.trim()}, ${getThreads()} threads; libtorch ${libtorchVersion()}; float32. ` +
    `Products of 1024 × 1024 matrices run at ${(rate / 1e9).toFixed(0)} GFLOP/s.`;
  console.log(machine);
  const sections: string[] = [];
  const panels: Panel[] = [];
  try {
    for (const model of [...(wanted("tiny") ? [tiny] : []), ...(wanted("large") ? [large(folder)] : [])]) {
      if (model !== tiny) writeRandomCheckpoint(folder, full, "float32");
      const { text, plots } = await measureModel(model, rate);
      sections.push(text);
      if (model === tiny) panels.push(...plots);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (!words.includes("docs")) return;
  const docs = (name: string) => fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  writeFileSync(
    docs("cost.svg"),
    linePlot("Seconds of each phase by responses, pictures and prompts", panels, "seconds"),
  );
  writeFileSync(docs("cost.md"), page(machine, sections));
}

async function measureModel(model: Model, rate: number) {
  const loaded = loadCheckpoint(model.folder);
  // Nothing ends a response, so that all are of one length.
  const policy = new Checkpoint(loaded.config, loaded.tokenizer, loaded.processor, loaded.model, [], loaded.files);
  const { base, tokens } = model;

  const title = `## ${model.name}`;
  const about =
    `Pictures of ${model.side} × ${model.side}, responses of ${tokens} tokens, ${model.promptsPerPass} ` +
    `${model.promptsPerPass === 1 ? "prompt" : "prompts"} a pass; where the table does not say otherwise ` +
    `${base.prompts} ${base.prompts === 1 ? "prompt" : "prompts"} a step, ${base.pictures} pictures in each, ` +
    `${base.responses} responses to each. Seconds` +
    `${model.rounds > 1 ? `, medians of ${model.rounds} steps` : ""}.`;
  const parts = [title, about];
  console.log(`\n${title}\n\n${about}`);
  const plots: Panel[] = [];
  let middle: Measured | undefined;
  for (const [varied, values] of Object.entries(model.series) as [keyof Shape, readonly number[]][]) {
    const measured: Measured[] = [];
    for (const value of values) measured.push(await median({ ...base, [varied]: value }));
    middle ??= measured[values.indexOf(base[varied])];
    const text = table(
      [said[varied], "tokens of a prompt", ...phaseNames, "whole step", "share"],
      measured.map((one) => [
        String(one.shape[varied]),
        String(one.promptTokens),
        ...phaseNames.map((phase) => digits(one.seconds[phase])),
        digits(one.total),
        percent(trained(one) / rate),
      ]),
    );
    console.log(`\n${text}`);
    parts.push(text);
    plots.push({
      title: model.name,
      unit: said[varied],
      at: values,
      lines: {
        prompts: measured.map(({ seconds }) => seconds.prompt),
        sampling: measured.map(({ seconds }) => seconds.sampling),
        "loss and backward": measured.map(({ seconds }) => seconds.loss + seconds.backward),
        "whole step": measured.map(({ total }) => total),
      },
    });
  }
  const shares = table(
    ["phase", "seconds", "GFLOP", "GFLOP/s", "share of the rate of products"],
    phaseShares(middle!).map(([name, seconds, flops]) => [
      name,
      digits(seconds),
      (flops / 1e9).toFixed(1),
      (flops / seconds / 1e9).toFixed(0),
      percent(flops / seconds / rate),
    ]),
  );
  const where = `Where ${base.responses} responses are drawn to each prompt:`;
  console.log(`\n${where}\n\n${shares}`);
  policy.model.free();
  return { text: [...parts, where, shares].join("\n\n"), plots };

  /** The step whose whole is the median, after one that warms up. */
  async function median(shape: Shape): Promise<Measured> {
    const recipe = checkRecipe(
      {
        tasks: [{ task: "rotation" }],
        prompts: shape.prompts,
        rollouts: shape.responses,
        maxNewTokens: tokens,
        promptsPerPass: model.promptsPerPass,
        learningRate: 1e-8,
        steps: model.rounds + 1,
      },
      "the steps' options",
    );
    const [{ task }] = recipeArms(recipe);
    const problems = Array.from({ length: shape.prompts }, (_, i) => problem(i, model, shape.pictures, task));
    const input = grpoInput(recipe, policy, Array.from({ length: recipe.steps }, () => problems).flat());
    const { prompts, pixels } = policy.prepare(problems.map(promptOf));
    const lengths = prompts.map(({ ids }) => ids.length);
    const responses = lengths.map(() => new Array<number>(shape.responses).fill(tokens));
    const flops = passFlops(policy.config, lengths, pixels.grids, responses);

    const measured: Measured[] = [];
    for await (const { metrics } of grpo(input, recipe)) {
      const { seconds: total, phases } = metrics.machine;
      const one = { shape, promptTokens: lengths[0], seconds: phases as Measured["seconds"], total, flops };
      if (metrics.step > 0) measured.push(one);
    }
    return measured.sort((a, b) => a.total - b.total)[model.rounds >> 1];
  }
}

/** A question about pictures of noise. Every second response is held to be right, so that every group teaches. */
function problem(number: number, { words, side }: Model, pictures: number, task: Task): Problem {
  const { text, images } = question(number, words, pictures, side);
  let asked = 0;
  return {
    key: `growth ${number}`,
    task,
    protocol: answerOnly,
    answers: task.answers,
    picture: "noise",
    images,
    labels: [],
    prompt: text,
    drawn: {},
    target: "0",
    solution: "0",
    verify: () => ({ accuracy: asked++ % 2, partial: 0, format: true, given: null }),
  };
}

/** Operations a second while the model is trained: prompts, loss and backward. */
function trained({ flops, seconds }: Measured): number {
  return (flops.prompt + flops.loss + flops.backward) / (seconds.prompt + seconds.loss + seconds.backward);
}

function phaseShares({ flops, seconds }: Measured): [name: string, seconds: number, flops: number][] {
  const phases = (["prompt", "sampling", "loss", "backward"] as const).map((name): [string, number, number] => [
    name,
    seconds[name],
    flops[name],
  ]);
  const whole = [seconds.prompt + seconds.loss + seconds.backward, flops.prompt + flops.loss + flops.backward] as const;
  return [...phases, ["training: all but sampling", ...whole]];
}

/** Operations a second of 1024 × 1024 products in float32, the best of nine rounds. */
function matmulRate(): number {
  const [a, b] = [ones([1024, 1024]), ones([1024, 1024])];
  const seconds = Array.from({ length: 9 }, () => {
    const start = performance.now();
    for (let i = 0; i < 20; i++) scope(() => void a.mm(b));
    return (performance.now() - start) / 1000;
  });
  return (20 * 2 * 1024 ** 3) / Math.min(...seconds);
}

const digits = (seconds: number) => seconds.toFixed(seconds < 0.1 ? 3 : 2);
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "--:")), ...rows.map(line)].join("\n");
}

function page(machine: string, sections: readonly string[]): string {
  return `# What a GRPO step costs

\`npm run bench -- growth docs\` measured this page, and writes it.

A step reads its prompts once, pictures included: each serves all its responses, when they are drawn and when their loss and
its gradient are computed. So the column *prompt* does not grow with the number of responses, and where prompts are longer
than responses, neither does the rest at first.

${machine}

The last column, *share*, is the rate at which operations of training (prompts, loss and backward) were done, as a share of the
rate of matrix products alone. Operations are counted from the config: those of linear layers and of attention that the result
needs, backward twice the forward (\`bench/flops.ts\`).

![Seconds of each phase by responses, pictures and prompts](cost.svg)

${sections.join("\n\n")}
`;
}
