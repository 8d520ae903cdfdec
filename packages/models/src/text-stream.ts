import type { Tokenizer } from "./tokenizer.js";

/**
 * Text of one response while it grows. A token may end inside a character: its first bytes wait for the rest. The pieces
 * put together are what `tokenizer.decode` gives of all ids.
 */
export class TextStream {
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(private readonly tokenizer: Tokenizer) {}

  /** The text that one more token completes; nothing for a special token. */
  push(id: number): string {
    if (this.tokenizer.isSpecial(id)) return "";
    return this.decoder.decode(this.tokenizer.bytes(id), { stream: true });
  }

  /** What is left when no token will follow: U+FFFD for a character that was not completed. */
  end(): string {
    return this.decoder.decode();
  }
}
