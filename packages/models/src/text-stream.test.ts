import { expect, test } from "vitest";
import { qwenTokenizerConfig, trainByteBpe } from "./byte-bpe.js";
import { defaultChatTemplate } from "./chat-template.js";
import { parseObject } from "./json.js";
import { TextStream } from "./text-stream.js";
import { Tokenizer } from "./tokenizer.js";

// Chinese words that repeat become tokens of several characters, others stay single bytes.
const files = trainByteBpe(["漢字漢字漢字 the answer the answer"], 300, ["<answer>"]);
const tokenizer = new Tokenizer({
  tokenizer: parseObject(JSON.stringify(files), "tokenizer.json"),
  config: parseObject(JSON.stringify(qwenTokenizerConfig(files)), "tokenizer_config.json"),
  chatTemplate: defaultChatTemplate,
  folder: "test",
});

function pieces(ids: readonly number[]): string[] {
  const stream = new TextStream(tokenizer);
  return [...ids.map((id) => stream.push(id)), stream.end()];
}

/** Ids of single bytes: the first 256 of the vocabulary are the bytes in some order. */
const ofBytes = (bytes: Iterable<number>) =>
  Array.from(
    bytes,
    (byte) => Array.from({ length: 256 }, (_, id) => id).find((id) => tokenizer.bytes(id)[0] === byte)!,
  );

test.each(["🙂👩‍🚀!", "漢字と仮名", "naïve <answer>Ω</answer>", "\uFEFFé\u0000"])(
  "the pieces of %j put together are the text, and none holds half a character",
  (text) => {
    const ids = tokenizer.encodeText(text);
    const given = pieces(ids);
    expect(given.join("")).toBe(text);
    expect(given.join("")).toBe(tokenizer.decode(ids));
    expect(given.every((piece) => !piece.includes("\uFFFD"))).toBe(true);
  },
);

test("a character comes with the token that holds its last byte", () => {
  expect(pieces(ofBytes(Buffer.from("a🙂b")))).toEqual(["a", "", "", "", "🙂", "b", ""]);
});

test("bytes that are no UTF-8 become U+FFFD, as in decode", () => {
  for (const bytes of [
    [0x80, 0x41],
    [0xe6, 0xbc, 0x41],
    [0xf0, 0x9f, 0x99],
    [0xff, 0xe6, 0xe6, 0xbc, 0xa2],
  ]) {
    const ids = ofBytes(bytes);
    expect(pieces(ids).join("")).toBe(tokenizer.decode(ids));
    expect(pieces(ids).join("")).toContain("\uFFFD");
  }
  expect(pieces(ofBytes([0xf0, 0x9f])).at(-1)).toBe("\uFFFD");
});

test("special tokens are left out, also within a character", () => {
  const [first, ...rest] = ofBytes(Buffer.from("漢"));
  const ids = [first, tokenizer.id("<|im_end|>"), ...rest, tokenizer.id("<|endoftext|>")];
  expect(pieces(ids).join("")).toBe("漢");
  expect(tokenizer.decode(ids)).toBe("漢");
});

test("a token's bytes are those of its text, a special token's those of its name", () => {
  const [id] = tokenizer.encodeText("漢字");
  expect(Buffer.from(tokenizer.bytes(id)).toString()).toBe("漢字");
  expect(Buffer.from(tokenizer.bytes(tokenizer.id("<|im_end|>"))).toString()).toBe("<|im_end|>");
  expect(tokenizer.bytes(100_000)).toHaveLength(0);
});
