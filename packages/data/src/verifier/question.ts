import { type AnswerSpec, protocols, type RewardWeights, UserError, unknownName } from "@ssl4rl/core";

/** What judges responses to a row: four fields that rows carry in every layout. assets/reward.py reads the same ones. */
export interface Question {
  /** The true answer as the task prints it. */
  readonly target: string;
  readonly answer: AnswerSpec;
  readonly protocol: string;
  readonly reward: RewardWeights;
}

/** A row's question out of plain data. `answer` and `reward` may be JSON text, as layouts of few types keep them. */
export function readQuestion(row: unknown): Question {
  const { target, answer, protocol, reward } = fieldsOf(row, "the row");
  if (typeof target !== "string") throw expected("target", "the true answer as text", target);
  if (typeof protocol !== "string") throw expected("protocol", "a name", protocol);
  const known = protocols.map(({ name }) => name);
  if (!known.includes(protocol)) throw unknownName("protocol", protocol, known);
  return {
    target,
    answer: readSpec(parsed(answer, "answer")),
    protocol,
    reward: readWeights(parsed(reward, "reward")),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw expected(name, "an object", value);
}

function parsed(value: unknown, name: string): Fields {
  if (typeof value !== "string") return fieldsOf(value, name);
  let fields: unknown;
  try {
    fields = JSON.parse(value);
  } catch (error) {
    throw new UserError(`${name} should be an object or its JSON text: ${(error as Error).message}.`);
  }
  return fieldsOf(fields, name);
}

function readSpec(fields: Fields): AnswerSpec {
  switch (fields.kind) {
    case "one-of":
      return { kind: "one-of", words: readWords(fields.words) };
    case "cell":
      return { kind: "cell", n: whole(fields, "n", 1, 99) };
    case "permutation": {
      const { separator } = fields;
      if (separator !== "," && separator !== "-") throw expected("answer.separator", "a comma or a hyphen", separator);
      const from = whole(fields, "from", 0, 1) as 0 | 1;
      return { kind: "permutation", n: whole(fields, "n", 1, 99), from, separator };
    }
    case "grid": {
      const [rows, columns] = [whole(fields, "rows", 1, 99), whole(fields, "columns", 1, 99)];
      if (rows * columns > 99) throw expected("answer", "a grid of at most 99 cells", fields);
      return { kind: "grid", rows, columns };
    }
    case "subset":
    case "selection": {
      const words = readWords(fields.words);
      // All of a list is no subset that could be missed, but may be put in order.
      const most = fields.kind === "subset" ? words.length - 1 : words.length;
      return { kind: fields.kind, words, count: whole(fields, "count", 1, most) };
    }
    case "any-subset": {
      const words = readWords(fields.words);
      return { kind: "any-subset", words, most: whole(fields, "most", 1, words.length - 1) };
    }
    case "words":
      return { kind: "words", count: whole(fields, "count", 1, 99) };
    case "text": {
      const { ignored, base } = fields;
      if (!Array.isArray(ignored) || !ignored.every((word) => typeof word === "string"))
        throw expected("answer.ignored", "a list of words", ignored);
      if (typeof base !== "number" || !(base >= 0 && base < 1)) throw expected("answer.base", "0..1, but not 1", base);
      return { kind: "text", ignored, base };
    }
    default:
      throw expected(
        "answer.kind",
        "one-of, cell, permutation, grid, subset, selection, any-subset, words or text",
        fields.kind,
      );
  }
}

function readWords(words: unknown): readonly string[] {
  const texts = Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === "string");
  if (!texts || new Set(words.map((word) => word.toLowerCase())).size !== words.length)
    throw expected("answer.words", "a list of different words", words);
  return words;
}

function readWeights(fields: Fields): RewardWeights {
  const [accuracy, format, partial] = ["accuracy", "format", "partial"].map((name) => {
    const value = fields[name];
    if (typeof value !== "number" || !Number.isFinite(value)) throw expected(`reward.${name}`, "a number", value);
    return value;
  });
  if (partial < 0 || partial > 1) throw expected("reward.partial", "0..1", partial);
  return { accuracy, format, partial };
}

function whole(fields: Fields, name: string, low: number, high: number): number {
  const value = fields[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= low && value <= high) return value;
  throw expected(`answer.${name}`, `a whole number from ${low} to ${high}`, value);
}

function expected(name: string, what: string, got: unknown): UserError {
  return new UserError(`${name} should be ${what}, got ${(JSON.stringify(got) ?? "nothing").slice(0, 80)}.`);
}
