import { Random } from "@ssl4rl/core";
import type { Checkpoint } from "@ssl4rl/models";
import { noGrad, tensor } from "@ssl4rl/torch";

/** What stands where in the residual stream, which is 128 wide: first dimension, and the one behind the last. */
const PLACES = {
  /** A token that is no name: its own vector, and one that it shares with those of the same letters. */
  word: [0, 40],
  stem: [0, 26],
  own: [26, 40],
  /** A name (of a node, of an option), and that it is one. */
  name: [40, 56],
  named: [56, 57],
  /** The token before, in a code of its own. */
  before: [57, 93],
  /** The last name: whose line a token stands in. */
  line: [93, 109],
  /** Whose line the same token stands in elsewhere. */
  found: [109, 125],
} as const;
type Place = keyof typeof PLACES;

/**
 * Pairs of a head's dimensions, by how far the rotary angle turns them a step: 1 to 0.01, where neighbours differ; of these the
 * slower, where near and far differ. The others hardly turn within a prompt: there tokens are compared by what they are.
 */
const PAIRS = { turning: [0, 11], slow: [4, 11] } as const;

/** A linear map: rows of its outputs. */
type Matrix = readonly (readonly number[])[];

interface Head {
  readonly query: Matrix;
  readonly key: Matrix;
  readonly queryBias?: readonly number[];
  readonly keyBias?: readonly number[];
  readonly value: Matrix;
  /** What the head writes: a row for each of the stream's dimensions. */
  readonly out: Matrix;
}

/**
 * Gives a new text model of five layers and two heads of 64 the ways of looking things up that would otherwise take most of the training
 * to come about. Induction heads (Olsson et al. 2022) are the model. In the first layer each token learns which one stands before it, in
 * the second whose line it stands in, in the third in whose line the same word stands elsewhere. The fourth names the lines that have a word
 * in common with that of the last name; the fifth goes on with what follows the present token, in the same line and anywhere. A head of
 * each of the first three layers is left to chance.
 */
export function beginWithLookups(
  { model: { weights }, config, tokenizer }: Checkpoint,
  names: readonly string[],
): void {
  const { hiddenSize: width, headDim, layers, ropeTheta } = config.text;
  const random = Random.from("lookups");
  const half = headDim / 2;
  /** The head's dimensions that hardly turn; the last of them is for tokens that find nothing. */
  const slow = first(headDim).filter((i) => i % half >= PAIRS.turning[1]);
  const sink = slow.pop()!;
  const size = (place: Place) => PLACES[place][1] - PLACES[place][0];
  const flat = (rows: Matrix) => tensor(Float32Array.from(rows.flat()), [rows.length, rows[0].length]);
  const zeros = () => Array.from({ length: headDim }, () => new Array<number>(width).fill(0));
  /** Reads places, each `by` times as large and in its code if it has one, onto the head's dimensions `at`; what meets there is added. */
  const reads = (at: readonly number[], ...of: readonly (readonly [Place, number, Matrix?])[]): Matrix => {
    const rows = zeros();
    for (const [place, by, code] of of) {
      const outputs = code ? code.length : size(place);
      for (const [i, dimension] of at.slice(0, outputs).entries()) {
        for (let k = 0; k < size(place); k++)
          rows[dimension][PLACES[place][0] + k] += by * (code ? code[i][k] : i === k ? 1 : 0);
      }
    }
    return rows;
  };
  const transposed = (rows: Matrix) => rows[0].map((_, k) => rows.map((row) => row[k]));
  const randomMatrix = (rows: number, columns: number): Matrix =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal() / Math.sqrt(columns)));
  const plus = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((value, k) => value + b[i][k]));
  /** A vector that the rotary embedding turns by `turn` steps less than one of turn 0. */
  const turned = ([first, end]: readonly [number, number], sharpness: number, turn: number) =>
    Array.from({ length: headDim }, (_, i) => {
      const pair = i % half;
      const angle = turn * ropeTheta ** (-pair / half);
      return pair < first || pair >= end ? 0 : sharpness * (i < half ? Math.cos(angle) : Math.sin(angle));
    });
  const nothing: Matrix = zeros();
  const still = new Array<number>(headDim).fill(0);
  const set = (layer: number, number: number, { query, key, queryBias, keyBias, value, out }: Head) => {
    const part = (name: string) => weights.get(`model.layers.${layer}.self_attn.${name}`)!;
    const own = (name: string) => part(name).narrow(0, number * headDim, headDim);
    own("q_proj.weight").copy_(flat(query));
    own("k_proj.weight").copy_(flat(key));
    own("v_proj.weight").copy_(flat(value));
    own("q_proj.bias").copy_(tensor(Float32Array.from(queryBias ?? still)));
    own("k_proj.bias").copy_(tensor(Float32Array.from(keyBias ?? still)));
    own("v_proj.bias").copy_(tensor(Float32Array.from(still)));
    part("o_proj.weight")
      .narrow(1, number * headDim, headDim)
      .copy_(flat(out));
  };
  /** Reads one place and writes it to another of the same size. */
  const moves = (from: Place, to: Place, by: number) => ({
    value: reads(first(size(from)), [from, 1]),
    out: transposed(reads(first(size(to)), [to, by])),
  });
  /** Codes of words and names that fit those of `before`. */
  const stems = first(size("stem"));
  const others = Array.from({ length: size("before") - stems.length }, (_, i) => stems.length + i);
  const [ofOwn, ofName] = [randomMatrix(others.length, size("own")), randomMatrix(others.length, size("name"))];
  /** In the order of `at`: the stem as it is, and less room for all else. */
  const coded = (at: readonly number[], by: number): Matrix =>
    plus(
      reads(
        stems.map((i) => at[i]),
        ["stem", by],
      ),
      reads(
        others.map((i) => at[i]),
        ["own", by, ofOwn],
        ["name", by, ofName],
      ),
    );

  noGrad(() => {
    for (let layer = 0; layer < layers; layer++) {
      weights.get(`model.layers.${layer}.self_attn.o_proj.weight`)!.mul_(0.25);
      weights.get(`model.layers.${layer}.mlp.down_proj.weight`)!.mul_(0.25);
    }
    const vectors = weights.get("model.embed_tokens.weight")!;
    const known = new Set(names.map((name) => tokenizer.encodeText(name)[0]));
    const stemOf = new Map<string, number[]>();
    const rows = Array.from({ length: vectors.shape[0] }, (_, id) => {
      const row = new Array<number>(width).fill(0);
      const put = (place: Place, values: readonly number[]) =>
        values.forEach((value, k) => {
          row[PLACES[place][0] + k] = value;
        });
      const some = (place: Place, length: number) =>
        Array.from({ length: size(place) }, () => (length * random.normal()) / Math.sqrt(size(place)));
      if (known.has(id)) {
        put("name", some("name", 0.8));
        put("named", [0.6]);
        return row;
      }
      const letters = tokenizer.decode([id]).trim().toLowerCase();
      const word = /^\p{L}{3,}$/u.test(letters);
      put("own", some("own", word ? 0.6 : 1));
      if (word) {
        if (!stemOf.has(letters)) stemOf.set(letters, some("stem", 0.8));
        put("stem", stemOf.get(letters)!);
      }
      return row;
    });
    vectors.copy_(flat(rows));

    // Sizes are such that each thing in the stream is about as long as a token's vector, and matches outweigh what is no match.
    const idle = rows[tokenizer.encodeText("system")[0]];
    /** Where nothing is found, the first word of the prompt is looked at: it stands in no line. */
    const orNothing = (head: Head, by: number): Head => ({
      ...head,
      queryBias: still.with(sink, by),
      key: head.key.with(
        sink,
        idle.map((value) => by * value),
      ),
    });
    set(0, 0, {
      query: nothing,
      key: nothing,
      queryBias: turned(PAIRS.turning, 8, 0),
      keyBias: turned(PAIRS.turning, 8, 1),
      value: coded(first(headDim), 1),
      out: transposed(reads(first(headDim), ["before", 0.094])),
    });
    const sought = turned(PAIRS.slow, 2.45, 0);
    set(1, 0, {
      query: nothing,
      queryBias: sought,
      key: sought.map((by) => Array.from({ length: width }, (_, k) => (k === PLACES.named[0] ? by : 0))),
      ...moves("name", "line", 0.156),
    });
    const following = (by: number) => ({ query: coded(slow, by), key: reads(slow, ["before", by]) });
    // Words alone are looked for.
    const word = { ...following(2), query: reads(slow, ["stem", 2]) };
    set(2, 0, orNothing({ ...word, ...moves("line", "found", 0.154) }, 2.6));
    set(3, 0, { query: reads(slow, ["line", 1.41]), key: reads(slow, ["line", 1.41]), ...moves("found", "name", 5) });
    set(
      3,
      1,
      orNothing(
        { query: reads(slow, ["line", 1.6]), key: reads(slow, ["found", 1.6]), ...moves("line", "name", 1.5) },
        2.5,
      ),
    );
    const copies = moves("word", "word", 0.45);
    set(4, 0, orNothing({ ...following(1.54), ...copies }, 3.1));
    set(4, 1, {
      query: plus(reads(slow, ["line", 1.2]), coded(slow, 1.2)),
      key: reads(slow, ["line", 1.2], ["before", 1.2]),
      ...copies,
    });
  });
}

/** 0, 1, 2 … */
function first(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
