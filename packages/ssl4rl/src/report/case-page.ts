import { encodePng } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import type { Case, Cases, ItemResult, Question } from "@ssl4rl/eval";
import { foreign, type Html, html, page } from "./page.js";
import { pictureRow } from "./pictures.js";

/** Longer sides are reduced: a page of many pictures stays readable and light. */
const LIMITS = { minSide: 1, maxSide: 448 };

/** Cases of one benchmark, and its questions by their ids. */
export interface CasesOfBenchmark {
  readonly title: string;
  readonly cases: Cases;
  readonly questions: ReadonlyMap<string, Question>;
}

/** Items that two models answered differently, with their pictures and full responses (SSL4RL, Figure 6), as one HTML file. */
export async function casePage(
  base: string,
  trained: string,
  benchmarks: readonly CasesOfBenchmark[],
): Promise<string> {
  const title = `${trained} against ${base}`;
  const sections: Html[] = [];
  for (const { title, cases, questions } of benchmarks) {
    const { won, lost, bothRight, bothWrong, unanswered } = cases;
    sections.push(html`<section>
<h2>${title}</h2>
<p>Both are right in ${bothRight}, both wrong in ${bothWrong}; ${unanswered} answers have no pair. Which cases are shown follows from
their names alone: nobody chose them, and no two share a picture.</p>
<h3>Only ${foreign(trained)} is right: ${won.count}</h3>
${await cards(won.shown)}
<h3>Only ${foreign(base)} is right: ${lost.count}</h3>
${await cards(lost.shown)}
</section>
`);

    async function cards(shown: readonly Case[]): Promise<Html> {
      const all: Html[] = [];
      for (const one of shown) all.push(card(one, await picturesOf(questions.get(one.base.id))));
      return html`<div class="cards">${all}</div>`;
    }
  }
  return page(title, html`<main><h1>${foreign(title)}</h1>${sections}</main>`);

  function card({ base: before, trained: after }: Case, pictures: readonly (Uint8Array | null)[]): Html {
    return html`<article class="card">
${pictures.length > 0 ? pictureRow(pictures, before.id, []) : null}
<blockquote dir="auto">${after.prompt.replaceAll("<image>", "")}</blockquote>
<dl class="answers">
<div><dt>True answer</dt><dd><span class="given">${foreign(before.target)}</span></dd></div>
<div><dt>${foreign(base)}</dt><dd>${answer(before)}</dd></div>
<div><dt>${foreign(trained)}</dt><dd>${answer(after)}</dd></div>
</dl>
<details open><summary>Full responses</summary>
<h4>${foreign(base)}</h4><pre dir="auto">
${before.response}</pre>
<h4>${foreign(trained)}</h4><pre dir="auto">
${after.response}</pre>
</details>
<p class="source">${foreign(`${before.id}, ${before.picture}`)}</p>
</article>
`;
  }
}

/** The answer as read, with a sign and a word, so that colour is not needed. */
function answer({ given, accuracy }: ItemResult): Html {
  const [kind, sign, word] =
    accuracy === 1
      ? ["right", "✓", "right"]
      : given === null
        ? ["format", "!", "not readable"]
        : ["wrong", "✗", "wrong"];
  const mark = html`<span class="verdict ${kind}"><span aria-hidden="true">${sign}</span> ${word}</span>`;
  return given === null ? mark : html`<span class="given">${foreign(given)}</span> ${mark}`;
}

async function picturesOf(question: Question | undefined): Promise<(Uint8Array | null)[]> {
  const { images = [] } = question ?? {};
  return Promise.all(
    images.map(async (image) => {
      const bytes = await image.bytes().catch(() => null);
      return bytes && encodePng(await decodePicture(bytes, LIMITS));
    }),
  );
}
