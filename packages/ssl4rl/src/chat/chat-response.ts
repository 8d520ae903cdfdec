import { randomUUID } from "node:crypto";
import type { DrawnToken, Tokenizer } from "@ssl4rl/models";
import type { ChatRequest } from "./chat-request.js";
import type { Piece } from "./complete.js";

/** Pieces of one request's responses in the shapes of OpenAI's chat completions, whole or as chunks of a stream. */
export class ChatResponse {
  private readonly id = `chatcmpl-${randomUUID()}`;
  private readonly created = Math.floor(Date.now() / 1000);
  private completionTokens = 0;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly request: ChatRequest,
    private readonly promptTokens: number,
  ) {}

  /** The answer to a request that asked for no stream. */
  whole(pieces: readonly Piece[]) {
    this.completionTokens = pieces.length;
    const choices = Array.from({ length: this.request.n }, (_, index) => {
      const own = pieces.filter((piece) => piece.index === index);
      return {
        index,
        message: { role: "assistant", content: own.map(({ text }) => text).join(""), refusal: null },
        logprobs: this.logprobs(own),
        finish_reason: own[own.length - 1].finish,
      };
    });
    return { ...this.head("chat.completion"), choices, usage: this.usage() };
  }

  /** What opens a stream: a chunk per response. */
  opening() {
    return Array.from({ length: this.request.n }, (_, index) =>
      this.chunk({ index, delta: { role: "assistant", content: "" }, logprobs: null, finish_reason: null }),
    );
  }

  /** Chunks of one piece: the text, if there is something to tell, and the end, if it is one. */
  chunks(piece: Piece) {
    this.completionTokens++;
    const { index, text, finish } = piece;
    const logprobs = this.logprobs([piece]);
    return [
      ...(text || logprobs ? [this.chunk({ index, delta: { content: text }, logprobs, finish_reason: null })] : []),
      ...(finish ? [this.chunk({ index, delta: {}, logprobs: null, finish_reason: finish })] : []),
    ];
  }

  /** What closes a stream, when it was asked for: the usage. */
  closing() {
    if (!this.request.includeUsage) return [];
    return [{ ...this.head("chat.completion.chunk"), choices: [], usage: this.usage() }];
  }

  private chunk(choice: object) {
    const usage = this.request.includeUsage ? { usage: null } : {};
    return { ...this.head("chat.completion.chunk"), choices: [choice], ...usage };
  }

  private head(object: string) {
    return { id: this.id, object, created: this.created, model: this.request.model };
  }

  private usage() {
    const { promptTokens, completionTokens } = this;
    return {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    };
  }

  private logprobs(pieces: readonly Piece[]) {
    if (this.request.topLogprobs === null) return null;
    const content = pieces.map(({ token }) => ({
      ...this.describe(token),
      top_logprobs: token.top.map((one) => this.describe(one)),
    }));
    return { content, refusal: null };
  }

  private describe({ id, logprob }: Pick<DrawnToken, "id" | "logprob">) {
    const bytes = this.tokenizer.bytes(id);
    return { token: Buffer.from(bytes).toString("utf8"), logprob, bytes: [...bytes] };
  }
}
