import { style } from "./style.js";

/** Markup that is safe to insert as it is; only {@link html} makes it. */
export class Html {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

export type Insertable = Html | string | number | null | readonly Insertable[];

/** A template that escapes whatever is inserted, unless it came out of this template itself. `null` is nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly Insertable[]): Html {
  return new Html(strings.reduce((text, part, i) => text + render(values[i - 1]) + part));
}

function render(value: Insertable): string {
  if (value === null) return "";
  if (value instanceof Html) return value.text;
  return typeof value === "string" || typeof value === "number"
    ? escapeHtml(String(value))
    : value.map(render).join("");
}

/** Text for element content and quoted attributes. Control characters, which HTML forbids, become `�`. */
export function escapeHtml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("'", "&#39;")
  );
}

/** Text from a model or a file, kept from turning the words around it (right-to-left marks). */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}

/** Names with their values; those without a value are left out. */
export type Facts = readonly (readonly [name: string, value: string | null])[];

export function factList(facts: Facts): Html {
  return html`<dl class="facts">${facts.map(([name, value]) =>
    value === null
      ? null
      : html`<div><dt>${name}</dt><dd>${foreign(value)}</dd></div>
`,
  )}</dl>`;
}

/** A whole page in one file. The policy forbids every request, so a report stays self-contained whatever is in it. */
export function page(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
