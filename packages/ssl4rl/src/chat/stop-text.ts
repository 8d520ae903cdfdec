/**
 * Text of a growing response up to the first of some stop strings, which is left out. What may turn out to be the
 * beginning of one is held back.
 */
export class StopText {
  private held = "";
  /** A stop string came; what follows is not part of the response. */
  stopped = false;

  constructor(private readonly stops: readonly string[]) {}

  /** The text that is certain once `text` has come. */
  push(text: string): string {
    const all = this.held + text;
    const at = Math.min(...this.stops.map((stop) => all.indexOf(stop)).filter((place) => place >= 0));
    if (Number.isFinite(at)) {
      this.stopped = true;
      this.held = "";
      return all.slice(0, at);
    }
    const keep = Math.max(0, ...this.stops.map((stop) => overlap(all, stop)));
    this.held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }

  /** What was held back, when nothing will follow. */
  end(): string {
    const { held } = this;
    this.held = "";
    return held;
  }
}

/** How much of the end of `text` is the beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
