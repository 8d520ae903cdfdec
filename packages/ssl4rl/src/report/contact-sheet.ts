import { encodePng, type Problem } from "@ssl4rl/core";
import type { SkippedPicture } from "@ssl4rl/trainer";
import { describeTask } from "../describe-task.js";
import { graphPicture } from "./graph-picture.js";
import { groupBy } from "./group-by.js";
import { count } from "./numbers.js";
import { foreign, type Html, html, page } from "./page.js";
import { pictureRow } from "./pictures.js";
import { skippedList } from "./skipped-list.js";

/** What tasks make of pictures, on one page: each question's pictures with its true answer. */
export function renderContactSheet(
  rows: readonly Problem[],
  skipped: readonly SkippedPicture[],
  title: string,
  reward: string,
): string {
  const tasks = [...groupBy(rows, ({ task }) => describeTask(task)).values()];
  return page(
    title,
    html`<header>
<p class="kicker">ssl4rl preview</p>
<h1>${foreign(title)}</h1>
<p class="lede">${count(rows.length, "question")} as the model would see them, with the answers that earn the reward: ${foreign(reward)}.</p>
</header>
<main>
<section>
<h2>Questions</h2>
${rows.length === 0 ? html`<p>No picture could be used; the reasons are below.</p>` : null}
${tasks.map(
  (questions) => html`<section class="prompt">
<h3>${foreign(describeTask(questions[0].task))}</h3>
${sameFor(questions) ? html`<blockquote>${foreign(questions[0].prompt)}</blockquote>` : null}
<div class="cards">${questions.map(
    ({ images, labels, picture, prompt, target, task }) => html`<article class="card">
${sameFor(questions) ? null : words(prompt, images.length === 0)}
${graphPicture(prompt, `${task.id} on ${picture}`)}
${pictureRow(images.map(encodePng), `${task.id} on ${picture}`, labels)}
<dl class="answers"><div><dt>True answer</dt><dd><span class="given">${foreign(target)}</span></dd></div></dl>
<p class="source">${foreign(picture)}</p>
</article>
`,
  )}</div>
</section>
`,
)}
</section>
<section>
<h2>Skipped pictures</h2>
${skippedList(skipped)}
</section>
</main>`,
  );
}

/** A question of words alone keeps its lines. */
function words(prompt: string, alone: boolean): Html {
  return alone ? html`<pre dir="auto">\n${prompt}</pre>` : html`<blockquote>${foreign(prompt)}</blockquote>`;
}

/** Whether the questions have one wording; else each names what was drawn. */
function sameFor(questions: readonly Problem[]): boolean {
  return questions.every(({ prompt }) => prompt === questions[0].prompt);
}
