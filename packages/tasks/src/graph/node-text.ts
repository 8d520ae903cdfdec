import { type Graph, wordsOf } from "@ssl4rl/core";

/** Stands where a text was taken away. */
export const MASK = "[MASKED]";

/** Characters shown of a node that a question is about, of one beside it that has no title, and of an option. */
export const TARGET_CHARACTERS = 800;
export const OTHER_CHARACTERS = 120;
export const OPTION_CHARACTERS = 300;

/** Title and body, at most so many characters, cut at a word; null where both are missing. */
export function longText(graph: Graph, node: number, characters: number): string | null {
  const [title, body] = [graph.title(node), graph.body(node)];
  const text = title && body ? `${title}: ${body}` : (title ?? body);
  return text === null ? null : plain(cut(text, characters));
}

/** The title, or the beginning of the body where there is none. */
export function shortText(graph: Graph, node: number, characters = OTHER_CHARACTERS): string | null {
  const text = graph.title(node) ?? graph.body(node);
  return text === null ? null : plain(cut(text, characters));
}

/** The text on one line, not longer than so many characters, cut between words where there are any. */
export function cut(text: string, characters: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= characters) return line;
  const end = line.lastIndexOf(" ", characters - 1);
  // Half of a character that takes two units is none.
  const kept = line.slice(0, end > characters / 2 ? end : characters - 1).replace(/[\ud800-\udbff]$/, "");
  return `${kept}…`;
}

/** Without what trainers and chat templates take for marks of their own. */
function plain(text: string): string {
  return text.replace(/<(?=image>|video>|audio>|\|)/g, "‹");
}

/** Names of fewer letters and digits are words of every text. */
const LEAST_NAME = 3;

/** What a node is called. */
export function namesOf(graph: Graph, node: number): string[] {
  const names = [graph.title(node) ?? "", ...graph.aliases(node)];
  return [...new Set(names.filter((name) => wordsOf(name).join("").length >= LEAST_NAME))];
}

/**
 * Where a text names one of `names` in whole words, in any case, whatever stands between the words; null where not even their
 * first words stand in it. Most texts are so, and looking for letters costs far less than making the pattern.
 */
export function mentions(names: readonly string[], text: string): RegExp | null {
  const lower = text.toLowerCase();
  const parts = names.flatMap((name) => [name.match(/[\p{L}\p{N}]+/gu) ?? []]).filter((words) => words.length > 0);
  if (!parts.some(([first]) => lower.includes(first.toLowerCase()))) return null;
  const longestFirst = parts.map((words) => words.join("[^\\p{L}\\p{N}]+")).sort((a, b) => b.length - a.length);
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${longestFirst.join("|")})(?![\\p{L}\\p{N}])`, "giu");
}
