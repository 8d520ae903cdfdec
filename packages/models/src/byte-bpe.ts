import { UserError } from "@ssl4rl/core";
import { defaultChatTemplate } from "./chat-template.js";
import { END_OF_TEXT, IM_END, specialTokens } from "./special-tokens.js";

/** Qwen2's pre-tokenisation: contractions, words with one leading mark or blank, single digits, punctuation, blanks. */
const QWEN2_SPLIT =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** The same for JavaScript, which lacks `(?i:…)` in Node 20. */
const WORDS =
  /'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

/** A token beside the vocabulary that text is cut at before anything else. */
export interface AddedToken {
  readonly content: string;
  /** Special tokens are left out of decoded text and never made from a user's text. */
  readonly special: boolean;
}

/**
 * Trains a byte-level BPE tokenizer in the layout of Qwen2.5's tokenizer.json, which @huggingface/tokenizers and the
 * Python libraries load. Deterministic: of equally frequent pairs the first in code-unit order is merged.
 * `vocabSize` counts all: 256 bytes, merges, then Qwen2.5-VL's special tokens and `addedTokens` (such as `<answer>`,
 * ordinary tokens that text may contain). Texts with few repeats give fewer merges, hence a smaller vocabulary.
 */
export function trainByteBpe(texts: Iterable<string>, vocabSize: number, addedTokens: readonly string[] = []): object {
  const added: AddedToken[] = [
    ...specialTokens.map((content) => ({ content, special: true })),
    ...addedTokens.map((content) => ({ content, special: false })),
  ];
  const mergeCount = vocabSize - 256 - added.length;
  if (mergeCount < 0) {
    throw new UserError(`trainByteBpe: vocabSize must be at least ${256 + added.length}, got ${vocabSize}.`);
  }
  const merges = learnMerges(countWords(texts, added), mergeCount);
  // Two merges may build one string, which is one token.
  const tokens = [...new Set([...byteOrder.map((byte) => byteSymbols[byte]), ...merges.map((pair) => pair.join(""))])];
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.map(({ content, special }, i) => ({
      id: tokens.length + i,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special,
    })),
    normalizer: { type: "NFC" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: QWEN2_SPLIT }, behavior: "Isolated", invert: false },
        byteLevel,
      ],
    },
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => `${left} ${right}`),
    },
  };
}

/** The tokenizer_config.json that goes with {@link trainByteBpe}'s tokenizer, chat template included. */
export function qwenTokenizerConfig(tokenizerJson: object): object {
  const { added_tokens } = tokenizerJson as { added_tokens: (AddedToken & { id: number })[] };
  return {
    add_prefix_space: false,
    added_tokens_decoder: Object.fromEntries(added_tokens.map(({ id, ...token }) => [id, token])),
    additional_special_tokens: specialTokens.filter((token) => token !== END_OF_TEXT),
    bos_token: null,
    chat_template: defaultChatTemplate,
    clean_up_tokenization_spaces: false,
    eos_token: IM_END,
    errors: "replace",
    model_max_length: 32768,
    pad_token: END_OF_TEXT,
    split_special_tokens: false,
    tokenizer_class: "Qwen2Tokenizer",
    unk_token: null,
  };
}

/** GPT-2's order of the 256 bytes: those with a printable Latin-1 character first. */
const byteOrder: readonly number[] = (() => {
  const printable = [...range(33, 126), ...range(161, 172), ...range(174, 255)];
  return [...printable, ...range(0, 255).filter((byte) => !printable.includes(byte))];
})();

/** GPT-2's stand-in for every byte: itself where printable, else characters from U+0100 on. */
const byteSymbols: readonly string[] = (() => {
  const symbols = new Array<string>(256);
  const printable = 188;
  byteOrder.forEach((byte, i) => {
    symbols[byte] = String.fromCharCode(i < printable ? byte : 256 + i - printable);
  });
  return symbols;
})();

const byteOfSymbol = new Map(byteSymbols.map((symbol, byte) => [symbol, byte]));

/** The bytes that a token of the vocabulary is written for, one symbol each. */
export function symbolBytes(token: string): Uint8Array {
  return Uint8Array.from(token, (symbol) => byteOfSymbol.get(symbol)!);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

interface Word {
  /** The tokens that it is made of so far. */
  parts: string[];
  readonly count: number;
}

function countWords(texts: Iterable<string>, added: readonly AddedToken[]): Word[] {
  const cut = new RegExp(added.map(({ content }) => content.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "u");
  const encoder = new TextEncoder();
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of text.split(cut)) {
      for (const word of piece.normalize("NFC").match(WORDS) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].map(([word, count]) => ({
    parts: Array.from(encoder.encode(word), (byte) => byteSymbols[byte]),
    count,
  }));
}

/** The most frequent neighbours, merged one pair at a time; stops when no pair occurs twice. */
function learnMerges(words: readonly Word[], wanted: number): [string, string][] {
  // Byte symbols contain no blank, so a blank separates the two sides of a pair.
  const counts = new Map<string, number>();
  const where = new Map<string, Set<Word>>();
  const tally = (word: Word, sign: 1 | -1) => {
    for (let i = 0; i + 1 < word.parts.length; i++) {
      const pair = `${word.parts[i]} ${word.parts[i + 1]}`;
      counts.set(pair, (counts.get(pair) ?? 0) + sign * word.count);
      if (sign > 0) where.get(pair)?.add(word) ?? where.set(pair, new Set([word]));
    }
  };
  for (const word of words) tally(word, 1);
  const merges: [string, string][] = [];
  while (merges.length < wanted) {
    let best = "";
    let most = 1;
    for (const [pair, count] of counts) {
      if (count > most || (count === most && best !== "" && pair < best)) [best, most] = [pair, count];
    }
    if (best === "") break;
    const [left, right] = best.split(" ");
    merges.push([left, right]);
    for (const word of where.get(best) ?? []) {
      tally(word, -1);
      word.parts = mergePair(word.parts, left, right);
      tally(word, 1);
    }
    counts.delete(best);
    where.delete(best);
  }
  return merges;
}

function mergePair(parts: readonly string[], left: string, right: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] === left && parts[i + 1] === right) {
      out.push(left + right);
      i++;
    } else {
      out.push(parts[i]);
    }
  }
  return out;
}
