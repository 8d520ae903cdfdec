import { type AnswerKind, orList } from "./answer.js";

/**
 * Exactly `count` different words of a closed list, in any order: `N2, N5`. A wrong answer earns its share of right words s
 * above that of a blind guess, max(0, (s − k/c) / (1 − k/c)) for k of c words, so that naming what one does not know pays
 * nothing on average beyond luck, and naming more than k is no answer.
 */
export function subset(words: readonly string[], count: number): AnswerKind<readonly string[]> {
  const list = new WordList(words);
  const blind = count / words.length;
  return {
    size: choose(words.length, count),
    parts: count,
    form: `exactly ${count} of ${orList(words)}, separated by commas`,
    at: (index) => combination(words, count, index),
    print: (some) => some.join(", "),
    parse(text) {
      const some = list.read(text, count);
      return some?.length === count ? some : null;
    },
    compare: (given, truth) => above(given.filter((word) => truth.includes(word)).length / count, blind),
    spec: { kind: "subset", words, count },
  };
}

/**
 * One word of a closed list or several, in any order, when it is not said how many. The truth has 1 to `most` of them. A
 * wrong answer earns its Jaccard index with the truth, above that of naming all: max(0, (J − k/c) / (1 − k/c)) for k true
 * words among c.
 */
export function anySubset(words: readonly string[], most: number): AnswerKind<readonly string[]> {
  const list = new WordList(words);
  const sizes = Array.from({ length: most }, (_, i) => choose(words.length, i + 1));
  return {
    size: sizes.reduce((sum, size) => sum + size, 0),
    parts: words.length,
    form: `one or more of ${orList(words)}, separated by commas`,
    at(index) {
      let rest = index;
      let count = 1;
      while (rest >= sizes[count - 1]) rest -= sizes[count++ - 1];
      return combination(words, count, rest);
    },
    print: (some) => some.join(", "),
    parse: (text) => list.read(text, words.length),
    compare(given, truth) {
      const both = given.filter((word) => truth.includes(word)).length;
      return above(both / (given.length + truth.length - both), truth.length / words.length);
    },
    spec: { kind: "any-subset", words, most },
  };
}

/**
 * A sequence of `count` different words of a closed list: `C, A`. Compared place by place; a blind guess has each place right
 * once in as many times as there are words.
 */
export function selection(words: readonly string[], count: number): AnswerKind<readonly string[]> {
  const list = new WordList(words);
  let size = 1;
  for (let i = 0; i < count; i++) size *= words.length - i;
  return {
    size,
    parts: count,
    form: `${count} different ones of ${orList(words)}, in their order, separated by commas`,
    at(index) {
      const left = [...words];
      let rest = index;
      return Array.from({ length: count }, () => {
        const chosen = rest % left.length;
        rest = Math.floor(rest / left.length);
        return left.splice(chosen, 1)[0];
      });
    },
    print: (some) => some.join(", "),
    parse(text) {
      const some = list.sequence(text, count);
      return some?.length === count ? some : null;
    },
    compare: (given, truth) => given.filter((word, place) => word === truth[place]).length / count,
    spec: { kind: "selection", words, count },
  };
}

/** Reads words of a closed list between commas, in lower or upper case, with blanks and tabs around commas. */
class WordList {
  private readonly placeOf: ReadonlyMap<string, number>;
  private readonly longest: number;

  constructor(private readonly words: readonly string[]) {
    this.placeOf = new Map(words.map((word, place) => [word.toLowerCase(), place]));
    this.longest = Math.max(...words.map((word) => word.length));
    if (this.placeOf.size !== words.length) throw new Error(`words repeat in ${words.join(", ")}`);
  }

  /** At most `most` different words as they stand; null for anything else. */
  sequence(text: string, most: number): readonly string[] | null {
    const places = this.places(text, most);
    return places?.map((place) => this.words[place]) ?? null;
  }

  /** The same in the order of the list. */
  read(text: string, most: number): readonly string[] | null {
    const places = this.places(text, most);
    return places?.sort((a, b) => a - b).map((place) => this.words[place]) ?? null;
  }

  private places(text: string, most: number): number[] | null {
    // Longer texts are not looked at, for a pattern may go astray in 1 MB of blanks.
    if (text.length > (this.longest + ROOM) * most) return null;
    const places = text.split(/[ \t]*,[ \t]*/).map((word) => this.placeOf.get(word.toLowerCase()) ?? -1);
    const whole = places.length <= most && !places.includes(-1) && new Set(places).size === places.length;
    return whole ? places : null;
  }
}

/** Characters around a comma, for each word. */
const ROOM = 16;

function above(share: number, blind: number): number {
  return Math.max(0, (share - blind) / (1 - blind));
}

/** Combination number `index` of `count` of the words, in their order. */
function combination(words: readonly string[], count: number, index: number): string[] {
  const chosen: string[] = [];
  let rest = index;
  for (let place = 0; chosen.length < count; place++) {
    const without = choose(words.length - place - 1, count - chosen.length - 1);
    if (rest < without) chosen.push(words[place]);
    else rest -= without;
  }
  return chosen;
}

function choose(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}
