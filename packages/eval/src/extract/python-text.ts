// The published scorers are Python. Its blanks are not JavaScript's: U+001C to U+001F and U+0085 are, U+FEFF is not.
const BLANK = "\\t\\n\\v\\f\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** What `\s` is in Python, for use inside a RegExp's brackets. */
export const blank = BLANK;
const blanks = new RegExp(`[${BLANK}]+`);
const oneBlank = new RegExp(`[${BLANK}]`);

/** Python's `str.split()`. */
export function words(text: string): string[] {
  return text.split(blanks).filter((word) => word !== "");
}

/** Python's `str.strip()`, or `str.strip(characters)`. */
export function strip(text: string, characters?: string): string {
  const out = (at: number) => (characters === undefined ? oneBlank.test(text[at]) : characters.includes(text[at]));
  // By hand: a pattern for the end looks at every run of blanks again and again.
  let [start, end] = [0, text.length];
  while (start < end && out(start)) start++;
  while (end > start && out(end - 1)) end--;
  return text.slice(start, end);
}

/** Python's `text.rstrip(character)`. */
export function stripEnd(text: string, character: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end--;
  return text.slice(0, end);
}

/** Python's `len(text)`: characters, where JavaScript counts some as two. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
