/**
 * A mistake the user can mend: bad flag, bad file, bad recipe. The command line prints the message alone (no stack)
 * and exits with 1, or with 2 when the command itself was used wrongly.
 * A message says what was expected, what came, where, and what to do.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** `No task "rotaton". Did you mean "rotation"? There are: position, rotation.` */
export function unknownName(kind: string, given: string, known: readonly string[]): UserError {
  const near = known
    .map((name) => ({ name, distance: editDistance(given.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const hint = near && near.distance <= Math.max(2, given.length / 3) ? ` Did you mean "${near.name}"?` : "";
  return new UserError(`No ${kind} "${given}".${hint} There are: ${[...known].sort().join(", ")}.`, 2);
}

/** Levenshtein distance between two short strings. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
