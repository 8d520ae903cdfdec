import { writeBits } from "./bits.js";
import { writeBlockHeader } from "./block-header.js";
import { canonicalCode, codeLengths } from "./huffman.js";
import { kernel, SLACK, withRoom } from "./kernel.js";

/** Bytes in the kernel's memory, at least one: from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The kernel's tokens: bytes as they are (0 to 255), the end of a block, and END + n for n more of the byte before. */
const END = 256;
const LONGEST_RUN = 258;
const TOKENS = END + LONGEST_RUN + 1;
/** The kernel counts every fourth token in one table: tokens that follow each other are mostly the same, and would wait. */
const TABLES = 4;
/** Deflate's symbols: as tokens, but 29 for runs. */
const SYMBOLS = 286;
/** Deflate allows 15 bits. The kernel writes four codes at once: with the 7 bits left from before, 63 of 64. */
const LONGEST_CODE = 14;

/** Per token its symbol, and the bits that tell which of the symbol's runs it is (RFC 1951, 3.2.5). */
const symbols = new Uint16Array(TOKENS);
const extra = new Uint8Array(TOKENS);
const extraBits = new Uint8Array(TOKENS);
for (let token = 0; token <= END; token++) symbols[token] = token;
for (let length = 3, symbol = END + 1; length < LONGEST_RUN; symbol++) {
  const bits = Math.max(0, (symbol - 261) >> 2);
  for (let n = 0; n < 2 ** bits && length < LONGEST_RUN; n++, length++) {
    symbols[END + length] = symbol;
    extra[END + length] = n;
    extraBits[END + length] = bits;
  }
}
symbols[END + LONGEST_RUN] = SYMBOLS - 1;

/**
 * A zlib stream (RFC 1950) of the bytes of all spans, in parts. Each span is a block with a Huffman code of its own; repeats
 * are runs of one byte only. Overwrites the byte before a span and the memory behind it.
 */
export function deflateRuns(spans: Iterable<Span>): Uint8Array[] {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  let adler = 1;
  // Blocks end within a byte: this one, after so many of its bits.
  let rest = { byte: 0, bits: 0 };
  for (const { start, end } of spans) {
    const counts = Math.ceil((end + SLACK) / 4) * 4;
    const codes = counts + TABLES * TOKENS * 4;
    const out = codes + TOKENS * 8;
    // No more than 9 bits a byte, for a code of equal lengths takes so many; and the header.
    const memory = withRoom(out + Math.ceil(((end - start) * 9) / 8) + 1024);
    // Runs stop at bytes that differ.
    memory[start - 1] = ~memory[start];
    memory[end] = ~memory[end - 1];
    adler = kernel.adler32(start, end, adler);

    const tokenCounts = new Uint32Array(memory.buffer, counts, TABLES * TOKENS).fill(0);
    kernel.countTokens(start, end, counts);
    tokenCounts[END] = 1;
    const symbolCounts = new Uint32Array(SYMBOLS);
    for (let n = 0, token = 0; n < TABLES * TOKENS; n++, token = token === TOKENS - 1 ? 0 : token + 1) {
      symbolCounts[symbols[token]] += tokenCounts[n];
    }
    const lengths = codeLengths(symbolCounts, LONGEST_CODE);
    const code = canonicalCode(lengths);

    const tokenCodes = new Uint32Array(memory.buffer, codes, TOKENS * 2);
    for (let token = 0; token < TOKENS; token++) {
      const symbol = symbols[token];
      tokenCodes[2 * token] = code[symbol] | (extra[token] << lengths[symbol]);
      // A run's distance follows, always 1: one bit, 0.
      tokenCodes[2 * token + 1] = lengths[symbol] + extraBits[token] + (token > END ? 1 : 0);
    }
    memory[out] = rest.byte;
    let bit = writeBlockHeader(memory, out * 8 + rest.bits, lengths);
    bit = kernel.writeTokens(start, end, codes, bit);
    bit = writeBits(memory, bit, code[END], lengths[END]);
    parts.push(Buffer.from(memory.subarray(out, bit >> 3)));
    rest = { byte: memory[bit >> 3], bits: bit & 7 };
  }
  // An empty last block of deflate's fixed code, and the checksum.
  const tail = Buffer.alloc(7);
  tail[0] = rest.byte;
  const blocks = Math.ceil(writeBits(tail, rest.bits, 0b011, 10) / 8);
  tail.writeUInt32BE(adler >>> 0, blocks);
  return [...parts, tail.subarray(0, blocks + 4)];
}
