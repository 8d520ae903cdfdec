import { Random } from "@ssl4rl/core";
import { binomialTail } from "./binomial.js";
import { growTree, tabulate } from "./tree.js";

/** What a blind guess, and what a guess from the features, is right at. */
export interface Score {
  readonly accuracy: number;
  readonly chance: number;
  /** Independent questions behind the accuracy. */
  readonly trials: number;
  /** Probability of so high an accuracy if the features told nothing. */
  readonly p: number;
}

/** One thing to predict: features and the true label, with the row of the set that it comes from. */
export interface Example {
  readonly features: readonly number[];
  readonly label: string;
  readonly row: number;
  /** Rows of one group show one picture: they are learned from together or not at all. */
  readonly group: number;
}

const FOLDS = 6;
/** With fewer independent questions than this nothing is learned and nothing is proved. */
export const FEWEST = 30;

/**
 * How well labels are predicted from features by trees that have not seen the group; null if there is too little to
 * learn from. An answer of several parts is several lists, one a part, of which the mean counts.
 */
export function predictLabels(parts: readonly (readonly Example[])[]): Score | null {
  const tested: Bet[] = [];
  let constant = 0;
  for (const examples of parts) {
    const labels = [...new Set(examples.map(({ label }) => label))].sort();
    if (labels.length < 2) return null;
    const place = new Map(labels.map((label, i) => [label, i]));
    const truth = Int32Array.from(examples, ({ label }) => place.get(label)!);
    const counts = new Int32Array(labels.length);
    for (const [i, guess] of crossValidate(examples, truth, labels.length).entries()) {
      if (!guess) continue;
      const { shares, blind } = guess;
      const hit = shares.indexOf(Math.max(...shares)) === truth[i] ? 1 : 0;
      tested.push({ example: examples[i], hit, gain: shares[truth[i]] / blind[truth[i]] });
      counts[truth[i]]++;
    }
    // Without features, the best guess is the commonest label.
    constant += Math.max(...counts);
  }
  return score(tested, constant / tested.length);
}

/**
 * How well the right one of `candidates` is found by trees that see each candidate alone: examples come in runs of
 * `candidates`, labelled "right" and "wrong". Ties are broken blindly.
 */
export function predictChoice(examples: readonly Example[], candidates: number): Score | null {
  const truth = Int32Array.from(examples, ({ label }) => (label === "right" ? 1 : 0));
  const guesses = crossValidate(examples, truth, 2);
  const tested: Bet[] = [];
  for (let first = 0; first < examples.length; first += candidates) {
    const order = Random.from("ties", first).shuffle(Array.from({ length: candidates }, (_, i) => first + i));
    const right = order.flatMap((i) => guesses[i]?.shares[1] ?? []);
    if (right.length < candidates) continue;
    const chosen = right.indexOf(Math.max(...right));
    const answer = order.findIndex((i) => truth[i] === 1);
    const example = { ...examples[first], label: String(order[answer] - first) };
    const sum = right.reduce((total, share) => total + share, 0);
    tested.push({ example, hit: chosen === answer ? 1 : 0, gain: (candidates * right[answer]) / sum });
  }
  return score(tested, 1 / candidates);
}

/** A guess that was made, and what it earned. */
interface Bet {
  readonly example: Example;
  readonly hit: number;
  /** The share the tree gave to the truth, over the share a blind guess gives it. */
  readonly gain: number;
}

interface Guess {
  readonly shares: Float64Array;
  /** Shares of the classes in all that the tree was grown on. */
  readonly blind: Float64Array;
}

/**
 * Class shares for each example, from a tree grown on the folds before its own; none in the first fold. Folds are drawn by
 * group. Learning only from earlier folds makes each guess a fresh bet, so that the binomial test is exact; ordinary
 * cross-validation, where folds learn from each other, raised false alarms two or three times as often as it said.
 */
function crossValidate(examples: readonly Example[], truth: Int32Array, classes: number): (Guess | null)[] {
  const table = tabulate(examples.map(({ features }) => features));
  const folds = new Map<number, number>();
  const fold = examples.map(({ group }) => {
    if (!folds.has(group)) folds.set(group, Random.from("fold", group).int(FOLDS));
    return folds.get(group)!;
  });
  const guesses = new Array<Guess | null>(examples.length).fill(null);
  for (let held = 1; held < FOLDS; held++) {
    const earlier = Int32Array.from(fold.flatMap((own, i) => (own < held ? [i] : [])));
    if (earlier.length === 0) continue;
    const { leaf, prior } = growTree(table, truth, classes, earlier);
    for (let i = 0; i < examples.length; i++) if (fold[i] === held) guesses[i] = { shares: leaf(i), blind: prior };
  }
  return guesses;
}

/**
 * Two tests, of which the better counts, doubled. Hits against chance, by the binomial; and a wager: capital 1 is staked on
 * every answer at the tree's shares against blind ones, and by Ville's inequality reaches M with probability 1/M at
 * most if the features tell nothing. The wager sees leaks that give away some answers and leave the others.
 *
 * A row's parts are not independent, nor are rows of one picture with one answer (they may be copies): each such
 * cluster counts as one trial with its mean, which errs on the safe side.
 */
function score(bets: readonly Bet[], chance: number): Score | null {
  const answerOf = new Map<number, string>();
  for (const { example } of bets) answerOf.set(example.row, `${answerOf.get(example.row) ?? ""} ${example.label}`);
  const clusters = new Map<string, { hits: number; gains: number; count: number }>();
  for (const { example, hit, gain } of bets) {
    const key = `${example.group}:${answerOf.get(example.row)}`;
    const { hits, gains, count } = clusters.get(key) ?? { hits: 0, gains: 0, count: 0 };
    clusters.set(key, { hits: hits + hit, gains: gains + gain, count: count + 1 });
  }
  const trials = clusters.size;
  if (trials < FEWEST) return null;
  let right = 0;
  let capital = 0;
  for (const { hits, gains, count } of clusters.values()) {
    right += hits / count;
    capital += Math.log(gains / count);
  }
  const p = Math.min(binomialTail(Math.floor(right + 1e-9), trials, chance), Math.exp(-capital));
  return { accuracy: right / trials, chance, trials, p: Math.min(1, 2 * p) };
}
