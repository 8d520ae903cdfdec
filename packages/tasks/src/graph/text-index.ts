import { type Graph, Random, wordsOf } from "@ssl4rl/core";
import { stopWords } from "./stop-words.js";

/** Nodes whose texts are indexed; of larger graphs a sample by lot. */
const MOST_NODES = 50_000;
/** Characters of each text that are read. */
const CHARACTERS = 2000;
/** Words in a larger share of the texts say little. */
const COMMON = 0.05;
/** Rarest words of a text that are looked up. */
const TERMS = 16;

/**
 * The words of a graph's texts: in how many each stands, and which texts are near another by them (BM25). Made once for each
 * graph when a task first asks.
 */
export class TextIndex {
  private readonly nodes: Uint32Array;
  private readonly lengths: Uint32Array;
  private readonly meanLength: number;
  private readonly terms = new Map<string, { readonly places: number[]; readonly counts: number[] }>();

  private constructor(private readonly graph: Graph) {
    this.nodes = sampleOf(graph);
    this.lengths = new Uint32Array(this.nodes.length);
    let total = 0;
    for (const [place, node] of this.nodes.entries()) {
      const counts = new Map<string, number>();
      for (const word of allWords(graph, node)) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const [word, count] of counts) {
        const term = this.terms.get(word) ?? { places: [], counts: [] };
        this.terms.set(word, term);
        term.places.push(place);
        term.counts.push(count);
        this.lengths[place] += count;
      }
      total += this.lengths[place];
    }
    this.meanLength = total / Math.max(1, this.nodes.length);
  }

  static of(graph: Graph): TextIndex {
    const known = made.get(graph) ?? new TextIndex(graph);
    made.set(graph, known);
    return known;
  }

  /** Number of texts that hold a word. */
  frequency(word: string): number {
    return this.terms.get(word)?.places.length ?? 0;
  }

  /** A stop word, or one of more than 5 % of the texts. */
  isCommon(word: string): boolean {
    return stopWords.has(word) || this.frequency(word) > COMMON * this.nodes.length;
  }

  /** Words that {@link isCommon}, sorted. */
  get commonWords(): readonly string[] {
    const frequent = [...this.terms.keys()].filter((word) => this.isCommon(word));
    return [...new Set([...stopWords, ...frequent])].sort();
  }

  /** The words that are no common ones, the most frequent first. */
  private contentWords: readonly string[] | null = null;

  get rankedWords(): readonly string[] {
    this.contentWords ??= [...this.terms.keys()]
      .filter((word) => !this.isCommon(word))
      .sort((a, b) => this.frequency(b) - this.frequency(a) || (a < b ? -1 : 1));
    return this.contentWords;
  }

  /** The places in {@link rankedWords} of the words as frequent as this one: from the first to before the second. */
  ranksOf(word: string): readonly [number, number] {
    const frequency = this.frequency(word);
    return [this.firstRank((other) => other <= frequency), this.firstRank((other) => other < frequency)];
  }

  /** The first place in {@link rankedWords} whose frequency `fits`, as all behind it do. */
  private firstRank(fits: (frequency: number) => boolean): number {
    const words = this.rankedWords;
    let [low, high] = [0, words.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (fits(this.frequency(words[middle]))) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The nodes whose texts are nearest to that of `node`, the nearest first; `node` is none of them. */
  near(node: number, count: number): number[] {
    const rarest = [...new Set(allWords(this.graph, node))]
      .filter((word) => !this.isCommon(word) && this.frequency(word) > 0)
      .sort((a, b) => this.frequency(a) - this.frequency(b) || (a < b ? -1 : 1))
      .slice(0, TERMS);
    const scores = new Map<number, number>();
    for (const word of rarest) {
      const { places, counts } = this.terms.get(word)!;
      const weight = Math.log(1 + (this.nodes.length - places.length + 0.5) / (places.length + 0.5));
      for (const [i, place] of places.entries()) {
        const long = 0.25 + 0.75 * (this.lengths[place] / this.meanLength);
        const score = (weight * (counts[i] * 2.2)) / (counts[i] + 1.2 * long);
        scores.set(place, (scores.get(place) ?? 0) + score);
      }
    }
    return [...scores]
      .map(([place, score]): [number, number] => [this.nodes[place], score])
      .filter(([other]) => other !== node)
      .sort(([a, x], [b, y]) => y - x || a - b)
      .slice(0, count)
      .map(([other]) => other);
  }
}

const made = new WeakMap<Graph, TextIndex>();

function allWords(graph: Graph, node: number): string[] {
  return wordsOf(`${graph.title(node) ?? ""} ${graph.body(node) ?? ""}`.slice(0, CHARACTERS));
}

function sampleOf(graph: Graph): Uint32Array {
  if (graph.nodes <= MOST_NODES) return Uint32Array.from({ length: graph.nodes }, (_, node) => node);
  const random = Random.from("text-index", graph.id);
  const chosen = new Set<number>();
  while (chosen.size < MOST_NODES) chosen.add(random.int(graph.nodes));
  return Uint32Array.from(chosen).sort();
}
