import { type AttentionMap, attentionMaps, type Chat, type Checkpoint } from "@ssl4rl/models";
import { answer, type Looking, mean, ofWord } from "./looking.js";

/** A question that models are watched at. */
export interface WatchedQuestion {
  readonly name: string;
  /** The texts of the chat, for people. */
  readonly prompt: string;
  readonly chat: Chat;
}

/** Who looks: the place that gives the first token of the response, or a word of the question. */
export interface Reading {
  readonly name: string;
  /** The tokens that look. */
  readonly tokens: readonly string[];
  /** For each picture, the mean over these tokens, heads and layers, [rows · columns]. */
  readonly maps: readonly WatchedMap[];
}

export interface WatchedMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export interface Watched {
  readonly response: string;
  readonly readings: readonly Reading[];
}

export interface WatchOptions {
  /** A word of the question; without it only the first token looks, as where the question does not have it. */
  readonly word?: string;
  readonly maxTokens: number;
  readonly layers?: readonly number[];
  readonly heads?: readonly number[];
}

/**
 * How a checkpoint attends to the pictures of a question, after SSL4RL, Figures 3 and 7. The paper's words allow two
 * readings, so both are given: from where the first token of the response is made, and from a word of the question.
 */
export function watch(checkpoint: Checkpoint, { chat }: WatchedQuestion, options: WatchOptions): Watched {
  const { word, maxTokens, layers, heads } = options;
  const batch = checkpoint.prepareChats([chat]);
  const ids = answer(checkpoint, batch, maxTokens);
  const reading = (name: string, looking: readonly Looking[]): Reading => {
    const places = looking.map(({ place }) => place);
    const maps = attentionMaps(checkpoint.model, batch, [], { places, layers, heads });
    return { name, tokens: looking.map(({ text }) => text), maps: maps.map(averaged) };
  };
  const first = { text: checkpoint.tokenizer.decode(ids.slice(0, 1)), place: batch.prompts[0].ids.length - 1 };
  const words = word === undefined ? [] : ofWord(checkpoint, batch, word);
  return {
    response: checkpoint.tokenizer.decode(ids),
    readings: [reading("first token", [first]), ...(words.length > 0 ? [reading(`"${word}"`, words)] : [])],
  };
}

function averaged(map: AttentionMap): WatchedMap {
  return { rows: map.rows, columns: map.columns, values: mean(map) };
}

/** The range that all maps of one reading of one question share, so that models can be compared by colour. */
export function rangeOf(readings: readonly Reading[]): { readonly least: number; readonly most: number } {
  const values = readings.flatMap(({ maps }) => maps.flatMap((map) => [...map.values]));
  return { least: Math.min(...values), most: Math.max(...values) };
}

/** The share of the attention that falls on the pictures. */
export function shareOf({ maps }: Reading): number {
  return maps.reduce((sum, { values }) => sum + values.reduce((a, b) => a + b, 0), 0);
}
