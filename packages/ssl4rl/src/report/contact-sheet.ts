import { encodePng, type Image } from "@ssl4rl/core";
import type { SkippedPicture } from "@ssl4rl/trainer";
import { groupBy } from "./group-by.js";
import { count } from "./numbers.js";
import { foreign, html, page } from "./page.js";
import { pictureRow } from "./pictures.js";
import { skippedList } from "./skipped-list.js";

/** A problem as it would be asked. */
export interface ContactSheetRow {
  readonly task: string;
  readonly picture: string;
  readonly images: readonly Image[];
  readonly labels: readonly string[];
  readonly prompt: string;
  readonly target: string;
}

/** What tasks make of pictures, on one page: each question's pictures with its true answer. */
export function renderContactSheet(
  rows: readonly ContactSheetRow[],
  skipped: readonly SkippedPicture[],
  title: string,
): string {
  const tasks = [...groupBy(rows, ({ task, prompt }) => `${task}\n${prompt}`).values()];
  return page(
    title,
    html`<header>
<p class="kicker">ssl4rl preview</p>
<h1>${foreign(title)}</h1>
<p class="lede">${count(rows.length, "question")} as the model would see them, with the answers that earn the reward.</p>
</header>
<main>
<section>
<h2>Questions</h2>
${rows.length === 0 ? html`<p>No picture could be used; the reasons are below.</p>` : null}
${tasks.map(
  (questions) => html`<section class="prompt">
<h3>${foreign(questions[0].task)}</h3>
<blockquote>${foreign(questions[0].prompt)}</blockquote>
<div class="cards">${questions.map(
    ({ images, labels, picture, target, task }) => html`<article class="card">
${pictureRow(images.map(encodePng), `${task} on ${picture}`, labels)}
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
