/**
 * Progress for people: one line that rewrites itself on a terminal, a plain line now and then elsewhere (a log file
 * grows by a line every few seconds, not by thousands). Writes to standard error, so that --json owns standard output.
 */
export class Progress {
  private readonly live = process.stderr.isTTY === true;
  private lastLine = Number.NEGATIVE_INFINITY;
  private shown = false;

  /** The state of something under way. */
  update(text: string): void {
    if (this.live) {
      process.stderr.write(`\r\x1b[2K${text.slice(0, (process.stderr.columns ?? 120) - 1)}`);
      this.shown = true;
    } else if (performance.now() - this.lastLine > 10_000) {
      this.lastLine = performance.now();
      process.stderr.write(`${text}\n`);
    }
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.shown) process.stderr.write("\r\x1b[2K");
    this.shown = false;
    process.stderr.write(`${text}\n`);
  }
}

/** `1 min 20 s` */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
