import { type Checkpoint, type DrawnToken, type PreparedBatch, TextStream } from "@ssl4rl/models";
import { noGrad, scopeAsync } from "@ssl4rl/torch";
import type { ChatRequest } from "./chat-request.js";
import { StopText } from "./stop-text.js";

/** What one step adds to one of the responses. */
export interface Piece {
  readonly index: number;
  /** May be empty: the token ends inside a character, or what may be a stop string. */
  readonly text: string;
  readonly token: DrawnToken;
  /** Not null on the last piece. */
  readonly finish: "stop" | "length" | null;
}

/**
 * Draws the responses to a prompt and gives them away piece by piece. Between tokens, whatever else waits in this process
 * runs. Ends early when `signal` aborts.
 */
export async function complete(
  checkpoint: Checkpoint,
  batch: PreparedBatch,
  request: ChatRequest,
  maxTokens: number,
  signal: AbortSignal,
  give: (piece: Piece) => void,
): Promise<void> {
  const responses = Array.from({ length: request.n }, () => ({
    stream: new TextStream(checkpoint.tokenizer),
    text: new StopText(request.stop),
    tokens: 0,
    open: true,
  }));
  const options = { ...request, each: request.n, maxNewTokens: maxTokens, topLogprobs: request.topLogprobs ?? 0 };
  await scopeAsync(async () => {
    const prompt = noGrad(() => checkpoint.prefill(batch));
    for (const step of checkpoint.sampleSteps(prompt, options)) {
      for (const token of step) {
        const response = responses[token.response];
        if (!response.open) continue;
        response.tokens++;
        let text = response.text.push(response.stream.push(token.id));
        const last = token.stops || response.tokens === maxTokens;
        if (last && !response.text.stopped) text += response.text.push(response.stream.end()) + response.text.end();
        response.open = !last && !response.text.stopped;
        const finish = response.open ? null : token.stops || response.text.stopped ? "stop" : "length";
        give({ index: token.response, text, token, finish });
      }
      if (responses.every(({ open }) => !open)) return;
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) return;
    }
  });
}
