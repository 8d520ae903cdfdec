import { decodeHTML } from "entities";

/**
 * A text as a prompt shows it: HTML entities decoded, and control characters, line ends and runs of blanks made one blank. Null where
 * nothing is left.
 */
export function cleanText(text: string): string | null {
  const plain = text.includes("&") ? decodeHTML(text) : text;
  return plain.replace(/[\s\p{Cc}\u200b\ufeff]+/gu, " ").trim() || null;
}

/** How published tables write that a text is missing. */
const MISSING = new Set(["NA", "N/A", "NaN", "nan", "None", "null", "Abstract", "ABSTRACT"]);

/** A cell of a table of papers or products as a text: without a leading `Title:` or `Abstract:`, null for `NA` and its like. */
export function cellText(cell: string): string | null {
  const text = cell.trim().replace(/^(Title|Abstract):\s*/, "");
  return MISSING.has(text) ? null : text;
}

/** The words of a piece of HTML. */
export function withoutTags(html: string): string {
  return html.replace(/<(script|style)\b.*?<\/\1>/gis, " ").replace(/<[^<>]*>/g, " ");
}
