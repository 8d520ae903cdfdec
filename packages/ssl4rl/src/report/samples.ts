import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SampleRecord } from "@ssl4rl/trainer";
import { groupBy } from "./group-by.js";
import { short } from "./numbers.js";
import { foreign, type Html, html } from "./page.js";
import { pictureRow } from "./pictures.js";
import { type Run, readSamples } from "./read-run.js";

type Response = SampleRecord["responses"][number];

/** Each question carries its pictures, so their number decides how heavy the report is. */
const QUESTIONS_SHOWN = 12;
const TEXT_SHOWN = 4000;

/** Questions of the exam with the answers before and after training; the first ones, not chosen by their outcome. */
export function examQuestions(run: Run): Html {
  const stored = run.before?.samples ?? run.after?.samples ?? [];
  const shown = stored.slice(0, QUESTIONS_SHOWN);
  if (shown.length === 0) return html`<p>No questions yet: they are asked before the first step.</p>`;
  const before = new Map(run.before?.samples.map((sample) => [identity(sample), sample]));
  const after = new Map(run.after?.samples.map((sample) => [identity(sample), sample]));
  const prompts = groupBy(shown, ({ task, prompt }) => `${task}\n${prompt}`);
  return html`<p>The first ${shown.length} of the exam's questions, not chosen by their outcome. The model answers greedily;
the pictures were kept out of training.</p>
${[...prompts.values()].map(
  (samples) => html`<section class="prompt">
<h3>${foreign(samples[0].task)}</h3>
<blockquote>${foreign(samples[0].prompt)}</blockquote>
<div class="cards">${samples.map((sample) =>
    question(run, sample, before.get(identity(sample)), after.get(identity(sample))),
  )}</div>
</section>
`,
)}`;
}

/** What the model tried in the first, the middle and the last step whose rollouts were kept. */
export function trainingRollouts(run: Run): Html {
  const files = run.sampleFiles;
  if (files.length === 0) return html`<p>No rollouts yet: those of the first step are kept, then of every tenth.</p>`;
  const chosen = [...new Set([0, Math.floor((files.length - 1) / 2), files.length - 1])];
  return html`<p>The first questions of a step with all ${run.recipe.rollouts} sampled answers each, alike answers counted
together. A group whose answers all earn the same teaches nothing.</p>
${chosen.map((i) => {
  const samples = readSamples(run, files[i]);
  return samples.length === 0
    ? null
    : html`<section class="prompt">
<h3>Step ${samples[0].step}</h3>
<div class="cards groups">${samples.map((sample) => group(run, sample))}</div>
</section>
`;
})}`;
}

function question(run: Run, sample: SampleRecord, before?: SampleRecord, after?: SampleRecord): Html {
  const rows = [
    ["Before", before?.responses[0]],
    ["After", after?.responses[0]],
  ] as const;
  return html`<article class="card">
${pictures(run, sample)}
<dl class="answers">
<div><dt>True answer</dt><dd><span class="given">${foreign(sample.target)}</span></dd></div>
${rows.map(
  ([
    when,
    response,
  ]) => html`<div><dt>${when}</dt><dd>${response ? answer(response) : html`<span class="quiet">not asked yet</span>`}</dd></div>
`,
)}</dl>
<details><summary>Full responses</summary>
${rows.map(([when, response]) => (response ? html`<h4>${when}</h4>${fullText(response.text)}` : null))}
</details>
<p class="source">${foreign(sample.picture)}</p>
</article>
`;
}

function group(run: Run, sample: SampleRecord): Html {
  const { responses } = sample;
  const mean = responses.reduce((sum, { reward }) => sum + reward, 0) / responses.length;
  const alike = responses.every(({ reward }) => reward === responses[0].reward);
  const outcomes = [...groupBy(responses, ({ given, reward }) => JSON.stringify([given, reward])).values()].sort(
    (a, b) => b.length - a.length,
  );
  return html`<article class="card">
<p class="source"><span class="name">${foreign(sample.task)}</span></p>
${pictures(run, sample)}
<dl class="answers">
<div><dt>True answer</dt><dd><span class="given">${foreign(sample.target)}</span></dd></div>
<div><dt>Mean reward</dt><dd><span class="given">${short(mean)}</span>${alike ? html` <span class="quiet">all alike</span>` : null}</dd></div>
</dl>
<ul class="outcomes">${outcomes.map(
    (same) => html`<li style="--share:${((100 * same.length) / responses.length).toFixed(1)}%">
<span class="times">${same.length}×</span> <span class="what">${answer(same[0])}</span> <span class="reward">reward ${short(same[0].reward)}</span></li>
`,
  )}</ul>
<details><summary>Prompt and responses</summary>
<h4>Prompt</h4>${fullText(sample.prompt)}
${responses.map((response, i) => html`<h4>Response ${i + 1}</h4>${fullText(response.text)}`)}
</details>
<p class="source">${foreign(sample.picture)}</p>
</article>
`;
}

/** The answer as read, with its mark: a sign and a word, so that colour is not needed. */
function answer({ given, format, accuracy, partial }: Response): Html {
  const [kind, sign, word] = !format
    ? ["format", "!", "format error"]
    : accuracy === 1
      ? ["right", "✓", "right"]
      : partial > 0
        ? ["format", "◐", `${short(partial)} right`]
        : ["wrong", "✗", "wrong"];
  const mark = html`<span class="verdict ${kind}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
  return given === null ? mark : html`<span class="given">${foreign(given)}</span> ${mark}`;
}

function fullText(text: string): Html {
  if (text === "") return html`<p class="quiet">empty</p>`;
  const rest = text.length - TEXT_SHOWN;
  // A line break right after <pre> is dropped by HTML, hence one to drop.
  return html`<pre dir="auto">
${text.slice(0, TEXT_SHOWN)}${rest > 0 ? html`<span class="quiet">… ${rest} more characters</span>` : null}</pre>`;
}

function pictures(run: Run, { images, labels, task, picture }: SampleRecord): Html {
  const pngs = images.map((name) => {
    // A run folder may come from elsewhere: nothing but its own pictures goes into a page that is passed on.
    if (!/^samples[\\/]images[\\/][^\\/]+\.png$/.test(name)) return null;
    const file = join(run.path, name);
    return existsSync(file) ? readFileSync(file) : null;
  });
  return pictureRow(pngs, `${task} on ${picture}`, labels);
}

/** The image files are named after the problem's key, so this tells problems apart and pairs before with after. */
function identity({ task, picture, target, images }: SampleRecord): string {
  return JSON.stringify([task, picture, target, images]);
}
