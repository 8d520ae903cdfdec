import type { SkippedPicture } from "@ssl4rl/trainer";
import { groupBy } from "./group-by.js";
import { foreign, type Html, html } from "./page.js";

const NAMES_SHOWN = 200;

/** Skipped pictures by task and reason, the commonest first. */
export function skippedList(skipped: readonly SkippedPicture[]): Html {
  if (skipped.length === 0) return html`<p>None.</p>`;
  const groups = groupBy(skipped, ({ task, reason }) => JSON.stringify([task, reason]));
  const ordered = [...groups.values()].sort((a, b) => b.length - a.length);
  return html`<ul class="skipped">${ordered.map(
    (group) => html`<li><details><summary><span class="times">${group.length}×</span>
<span><span class="name">${foreign(group[0].task)}</span>: ${foreign(group[0].reason)}</span></summary>
<p>${group.slice(0, NAMES_SHOWN).map(({ picture }, i) => html`${i > 0 ? ", " : null}${foreign(picture)}`)}${
      group.length > NAMES_SHOWN ? html` and ${group.length - NAMES_SHOWN} more` : null
    }</p></details></li>
`,
  )}</ul>`;
}
