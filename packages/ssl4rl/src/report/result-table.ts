import { type Cell, spans, type Table } from "@ssl4rl/eval";
import { foreign, type Html, html } from "./page.js";

/** A table of results with its notes. Wide tables scroll in their own box; an interval shows when a cell is pointed at. */
export function resultTable({ title, corner, columns, rows, notes }: Table): Html {
  const groups = columns.some(({ group }) => group !== undefined);
  let block: string | undefined;
  return html`<div class="results" role="region" aria-label="${title}" tabindex="0"><table>
<caption>${foreign(title)}</caption>
<thead>
${
  groups
    ? html`<tr><td></td>${spans(columns, ({ group }) => group).map(({ heading, size }) =>
        heading === undefined
          ? html`<td colspan="${size}"></td>`
          : html`<th scope="colgroup" class="group" colspan="${size}">${foreign(heading)}</th>`,
      )}</tr>
`
    : null
}<tr><th scope="col">${corner}</th>${columns.map(({ label }) => html`<th scope="col">${foreign(label)}</th>`)}</tr>
</thead>
<tbody>
${rows.map((row) => {
  const heading =
    row.block !== undefined && row.block !== block
      ? html`<tr class="block"><th scope="rowgroup" colspan="${columns.length + 1}">${foreign(row.block)}</th></tr>
`
      : null;
  block = row.block;
  return html`${heading}<tr class="${row.kind}"><th scope="row">${foreign(row.label)}</th>${row.cells.map(cell)}</tr>
`;
})}</tbody>
</table></div>
${notes.length > 0 ? html`<ul class="notes">${notes.map((note) => html`<li>${foreign(note)}</li>`)}</ul>` : null}`;
}

function cell({ text, low, high, best }: Cell): Html {
  const interval =
    low !== undefined && high !== undefined
      ? html` title="95% interval ${low.toFixed(2)} to ${high.toFixed(2)}"`
      : null;
  return html`<td${best ? html` class="best"` : null}${interval}>${text}</td>`;
}
