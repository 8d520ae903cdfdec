import { encodePng, type Image } from "@ssl4rl/core";
import { heatMap } from "@ssl4rl/models";
import { rangeOf, shareOf, type Watched, type WatchedQuestion } from "../attend/compare-attention.js";
import { percent } from "./numbers.js";
import { foreign, type Html, html, page } from "./page.js";
import { pictureRow } from "./pictures.js";

/** One question with how each of the models looked at it, in the models' order. */
export interface Comparison {
  readonly question: WatchedQuestion;
  readonly watched: readonly Watched[];
}

/** Where models look at the same pictures, side by side on one scale of colours, as one HTML file (SSL4RL, Figures 3 and 7). */
export function attentionPage(models: readonly string[], comparisons: readonly Comparison[]): string {
  const title = `Attention: ${models.join(" and ")}`;
  return page(
    title,
    html`<main><h1>${foreign(title)}</h1>
<p>Attention weights to the pictures, averaged over heads and layers. Dark blue is the least, pale yellow the most, of all models in
one row: within a row colours compare.</p>
${comparisons.map(section)}</main>`,
  );

  function section({ question: { name, prompt, chat }, watched }: Comparison): Html {
    return html`<section>
<h2>${foreign(name)}</h2>
<blockquote dir="auto">${prompt}</blockquote>
<dl class="answers">${watched.map(
      ({ response }, i) => html`<div><dt>${foreign(models[i])}</dt><dd>${foreign(response)}</dd></div>
`,
    )}</dl>
${watched[0].readings.map((_, r) => reading(chat.images, watched, r))}
</section>
`;
  }

  function reading(images: readonly Image[], watched: readonly Watched[], r: number): Html {
    const readings = watched.map(({ readings }) => readings[r]);
    const range = rangeOf(readings);
    const shares = readings.map((one, i) => `${models[i]} ${percent(shareOf(one))}`).join(", ");
    const labels = ["the picture", ...models];
    return html`<h3>Looking: ${foreign(readings[0].name)}</h3>
<p class="source">Share of the attention on pictures: ${foreign(shares)}</p>
${images.map((image, i) => {
  const maps = readings.map(({ maps }) => encodePng(heatMap(image, maps[i], maps[i].values, range)));
  return pictureRow([encodePng(image), ...maps], `picture ${i + 1}`, labels);
})}`;
  }
}
