import { type Image, UserError } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import type { Chat, Checkpoint, ContentItem } from "@ssl4rl/models";
import { noGrad, scope } from "@ssl4rl/torch";
import type { Answer, Answerer, Turn } from "./answerer.js";

/** How large a picture the model sees is for the checkpoint to say; boxes are meant in that size. */
const LIMITS = { minSide: 1, maxSide: 16_384 };

export interface LocalOptions {
  /** Which model it is, and what else decides its answers; see Answerer.settings. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Prompts that are computed together. */
  readonly batch: number;
  /** Tokens of a response. */
  readonly maxTokens: number;
}

/** A checkpoint in this process, asked greedily. */
export function localAnswerer(checkpoint: Checkpoint, { settings, batch, maxTokens }: LocalOptions): Answerer {
  return {
    settings: { ...settings, maxTokens, temperature: 0 },
    batch,
    concurrency: 1,
    async answer(turns) {
      const read = await Promise.all(turns.map(readChat));
      const readable = read.flatMap((chat) => ("failure" in chat ? [] : [chat]));
      const answers = answerAll(checkpoint, readable, maxTokens).values();
      // Between batches, whatever else waits in this process runs.
      await new Promise((resolve) => setImmediate(resolve));
      return read.map((chat) => ("failure" in chat ? chat : answers.next().value!));
    },
  };
}

async function readChat(turn: Turn): Promise<Chat | { readonly failure: string }> {
  const images: Image[] = [];
  const content: ContentItem[] = [];
  for (const part of turn) {
    if (typeof part === "string") {
      content.push({ type: "text", text: part });
      continue;
    }
    content.push({ type: "image" });
    try {
      images.push(await decodePicture(part, LIMITS));
    } catch (error) {
      return { failure: `picture ${images.length + 1}: ${(error as Error).message.split("\n")[0]}` };
    }
  }
  return { messages: [{ role: "user", content }], images };
}

function answerAll(checkpoint: Checkpoint, chats: readonly Chat[], maxTokens: number): Answer[] {
  if (chats.length === 0) return [];
  try {
    return complete(checkpoint, chats, maxTokens).map((response) => ({ response }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // One prompt that cannot be answered does not take the others with it.
    if (chats.length > 1) return chats.flatMap((chat) => answerAll(checkpoint, [chat], maxTokens));
    return [{ failure: error.message }];
  }
}

function complete(checkpoint: Checkpoint, chats: readonly Chat[], maxTokens: number): string[] {
  const batch = checkpoint.prepareChats(chats);
  const { contextLength } = checkpoint.config;
  const longest = Math.max(...batch.prompts.map(({ ids }) => ids.length));
  if (longest + maxTokens > contextLength) {
    throw new UserError(
      `The prompt has ${longest} tokens and its response may have ${maxTokens}: the context is ${contextLength}.`,
    );
  }
  return scope(() =>
    noGrad(() => {
      const options = { each: 1, maxNewTokens: maxTokens, temperature: 0, seed: 0 };
      return checkpoint.sample(checkpoint.prefill(batch), options).text.map(([text]) => text);
    }),
  );
}
