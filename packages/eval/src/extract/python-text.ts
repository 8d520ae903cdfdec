// The published scorers are Python. Its blanks are not JavaScript's: U+001C to U+001F and U+0085 are, U+FEFF is not.
const BLANK = "\\t\\n\\v\\f\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** What `\s` is in Python, for use inside a RegExp's brackets. */
export const blank = BLANK;
const blanks = new RegExp(`[${BLANK}]+`);
const outerBlanks = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "g");

/** Python's `str.split()`. */
export function words(text: string): string[] {
  return text.split(blanks).filter((word) => word !== "");
}

/** Python's `str.strip()`, or `str.strip(characters)`. */
export function strip(text: string, characters?: string): string {
  if (characters === undefined) return text.replace(outerBlanks, "");
  let [start, end] = [0, text.length];
  while (start < end && characters.includes(text[start])) start++;
  while (end > start && characters.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

/** Python's `len(text)`: characters, where JavaScript counts some as two. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
