/** Shares and credits are sums of fractions: differences below this are rounding. */
const TINY = 1e-9;

/**
 * Deals out problems by shares without drawing lots: of the slots that are behind their share, the next problem goes to the
 * one that would first be a whole problem behind. So after any number of problems each slot has its share of them to within
 * one (Tijdeman's chairman assignment, 1980), and equal shares take turns. Credits are carried over from batch to batch, as
 * shares may change: no slot is then ever a problem ahead, and what one missed comes later.
 */
export class Mixture {
  /** `credits`: problems that each slot is behind its share, below 0 where it is ahead. They add up to 0. */
  constructor(readonly credits: number[]) {}

  static of(slots: number): Mixture {
    return new Mixture(Array(slots).fill(0));
  }

  /** The slot of the next problem; `shares` add up to 1. */
  next(shares: readonly number[]): number {
    let chosen = -1;
    let soonest = Number.POSITIVE_INFINITY;
    for (const [slot, share] of shares.entries()) {
      this.credits[slot] += share;
      const deadline = (1 - this.credits[slot]) / share;
      if (this.credits[slot] > TINY && deadline < soonest - TINY) {
        chosen = slot;
        soonest = deadline;
      }
    }
    this.credits[chosen] -= 1;
    return chosen;
  }
}
