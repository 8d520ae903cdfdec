import { UserError } from "@ssl4rl/core";
import { readQuestion, type Score, scorer } from "@ssl4rl/data";

export interface Judged {
  /** The row's task, where it names one. */
  readonly task: string | null;
  readonly score: Score;
}

/** Judges `response` by the fields beside it, or by those of the `row` beside it. A UserError tells what is missing. */
export function judge(item: Readonly<Record<string, unknown>>): Judged {
  const { response } = item;
  if (typeof response !== "string") {
    const got = (JSON.stringify(response) ?? "nothing").slice(0, 80);
    throw new UserError(`response should be the completion as text, got ${got}.`);
  }
  const row = "row" in item ? item.row : item;
  const score = scorer(readQuestion(row))(response);
  const { task } = row as { readonly task?: unknown };
  return { task: typeof task === "string" ? task : null, score };
}
