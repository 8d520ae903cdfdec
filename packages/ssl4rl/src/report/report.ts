import type { Recipe } from "@ssl4rl/trainer";
import { curves } from "./curves.js";
import { environment } from "./environment.js";
import { count, duration, short } from "./numbers.js";
import { type Facts, factList, foreign, type Html, html, page } from "./page.js";
import { type Run, readRun } from "./read-run.js";
import { examQuestions, trainingRollouts } from "./samples.js";
import { scoreTable } from "./score-table.js";
import { skippedList } from "./skipped-list.js";

/** One HTML file that tells a run, finished or not; it asks the network for nothing. */
export function renderReport(runPath: string): string {
  const run = readRun(runPath);
  const { recipe, metrics, before, after } = run;
  const supervised = recipe.method === "supervised";
  const scores = Object.entries({ ...before?.tasks, ...after?.tasks });
  return page(
    `${run.name} – ssl4rl`,
    html`<header>
<p class="kicker">ssl4rl training run</p>
<h1>${foreign(run.name)}</h1>
<p class="lede">${foreign(recipe.model)} learns ${taskNames(recipe)} by ${supervised ? "supervision" : "GRPO"} on ${foreign(recipe.images)}.</p>
${status(run)}
${warningList(run)}
<nav aria-label="Sections"><a href="#results">Results</a> <a href="#curves">Curves</a> <a href="#questions">Questions</a>
${supervised ? null : html`<a href="#rollouts">Rollouts</a>`} <a href="#skipped">Skipped pictures</a> <a href="#recipe">Recipe</a> <a href="#environment">Environment</a></nav>
</header>
<main>
<section id="results">
<h2>Before and after</h2>
${
  before || after
    ? html`<p>Greedy answers on ${foreign((after ?? before)!.source)}, pictures kept out of training. Intervals treat the questions on
one picture as one cluster; the dashed line is chance.</p>
${scoreTable(before, after)}`
    : html`<p>The model has not been evaluated yet.</p>`
}
</section>
<section id="curves">
<h2>Training curves</h2>
${curves(metrics, recipe, new Map(scores.map(([task, { chance }]) => [task, chance])))}
</section>
<section id="questions">
<h2>Questions</h2>
${examQuestions(run)}
</section>
${
  supervised
    ? null
    : html`<section id="rollouts">
<h2>Training rollouts</h2>
${trainingRollouts(run)}
</section>`
}
<section id="skipped">
<h2>Skipped pictures</h2>
${run.skipped ? html`<p>Where a task cannot use a picture, the next one takes its place.</p>${skippedList(run.skipped)}` : html`<p>The list is written when training ends.</p>`}
</section>
<section id="recipe">
<h2>Recipe</h2>
${summary(run)}
<details><summary>The full recipe</summary>
<pre>
${run.recipeText}</pre></details>
</section>
<section id="environment">
<h2>Environment</h2>
${environment(run)}
</section>
</main>
<footer><p>Made by <code>ssl4rl report</code> from the files of this run.</p></footer>`,
  );
}

/** Says how far the run has come; nothing when it is complete. */
function status({ path, remote, metrics, recipe, before, after }: Run): Html | null {
  const taken = (metrics.at(-1)?.step ?? -1) + 1;
  const remedy = remote
    ? `It takes place on a cluster: ssl4rl launch --attach ${path} reads on.`
    : "If it is not under way any more, go on with --resume.";
  if (taken >= recipe.steps) {
    if (after) return null;
    return note(`All ${recipe.steps} steps are taken; the evaluation after training is still missing. ${remedy}`);
  }
  if (taken > 0) return note(`Unfinished: ${taken} of ${recipe.steps} steps are taken. ${remedy}`);
  const measured = before ? "the starting model is evaluated" : "the starting model is not evaluated yet";
  return note(`Just begun: ${measured}, and none of the ${recipe.steps} steps is taken. ${remedy}`);
}

/** What the run warned of, as its steps went. */
function warningList({ warnings }: Run): Html | null {
  if (warnings.length === 0) return null;
  return html`<section class="note" role="note" aria-label="Warnings"><h2>${count(warnings.length, "warning")}</h2>
<ul>${warnings.map(
    ({ step, text }) => html`<li>Step ${step}: ${foreign(text)}</li>
`,
  )}</ul></section>`;
}

function note(text: string): Html {
  return html`<p class="note" role="note">${text}</p>`;
}

function taskNames(recipe: Recipe): Html {
  const names = [...new Set(recipe.tasks.map(({ task }) => task))];
  return html`${names.map((name, i) => [i === 0 ? "" : i === names.length - 1 ? " and " : ", ", foreign(name)])}`;
}

function summary({ recipe, metrics, before, after }: Run): Html {
  const seconds = metrics.reduce((sum, step) => sum + step.machine.seconds, 0);
  const evaluated = before ?? after;
  const { reward } = recipe;
  const supervised = recipe.method === "supervised";
  const facts: Facts = [
    ["Model", recipe.model],
    ["Trained", trained(recipe)],
    ["Pictures", recipe.images === "world" ? `world, ${count(recipe.worldPictures, "picture")}` : recipe.images],
    ["Exam", evaluated && `${evaluated.source}, ${count(recipe.evaluationQuestions, "question")} per task at most`],
    [
      "Tasks",
      recipe.tasks.map(({ task, ...options }) => [task, ...Object.entries(options).map(option)].join(", ")).join("; "),
    ],
    ["Curriculum", curriculum(recipe)],
    ["Picture side", `${recipe.size} px`],
    ["Protocol", `${recipe.protocol}, at most ${recipe.maxNewTokens} tokens`],
    [
      "Reward",
      supervised ? null : `${reward.accuracy} × accuracy${reward.format === 0 ? "" : ` + ${reward.format} × format`}`,
    ],
    [
      "A step",
      supervised
        ? `${recipe.prompts} prompts with their right answers`
        : `${recipe.prompts} prompts × ${recipe.rollouts} rollouts at temperature ${recipe.temperature}`,
    ],
    ["Learning rate", `${short(recipe.learningRate)}, ${schedule(recipe)}`],
    ["KL weight", supervised ? null : recipe.beta === 0 ? "none" : String(recipe.beta)],
    ["Seed", String(recipe.seed)],
    ["Training time", metrics.length > 0 ? `${duration(seconds)} for ${count(metrics.length, "step")}` : null],
  ];
  return factList(facts);
}

function curriculum({ curriculum }: Recipe): string | null {
  if (!curriculum) return null;
  const { learnability, ladder } = curriculum;
  return [learnability && "shares follow learnability", ladder && "levels follow pass rates"]
    .filter(Boolean)
    .join(", ");
}

function trained({ lora, freezeVision }: Recipe): string {
  if (lora) return `LoRA of rank ${lora.rank}, alpha ${lora.alpha}`;
  return freezeVision ? "all weights but the vision tower's" : "all weights";
}

function option([name, value]: [string, unknown]): string {
  return `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`;
}

function schedule({ warmupSteps, schedule }: Recipe): string {
  const after = { constant: "constant", linear: "falling linearly", cosine: "falling by cosine" }[schedule];
  return warmupSteps > 0 ? `${after} after ${count(warmupSteps, "step")} of warm-up` : after;
}
