import { type Image, UserError } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import { type Chat, Checkpoint, type ContentItem, ImageProcessor } from "@ssl4rl/models";
import { noGrad, scope } from "@ssl4rl/torch";
import type { Answer, Answerer, Turn } from "./answerer.js";
import { type Area, DECODED, fitPicture } from "./limits.js";

export interface LocalOptions {
  /** Which model it is, and what else decides its answers; see Answerer.settings. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Prompts that are computed together. */
  readonly batch: number;
}

/** A checkpoint in this process, asked greedily. */
export function localAnswerer(checkpoint: Checkpoint, { settings, batch }: LocalOptions): Answerer {
  const { processor } = checkpoint;
  const ownArea = processor && { minPixels: processor.spec.minPixels, maxPixels: processor.spec.maxPixels };
  const model = processor ? withoutLimits(checkpoint, processor) : checkpoint;
  return {
    settings: { ...settings, temperature: 0 },
    ownArea,
    batch,
    concurrency: 1,
    async answer(turns, { maxTokens, area }) {
      const read = await Promise.all(turns.map((turn) => readChat(turn, area)));
      const readable = read.flatMap((chat) => ("failure" in chat ? [] : [chat]));
      const answers = answerAll(model, readable, maxTokens).values();
      // Between batches, whatever else waits in this process runs.
      await new Promise((resolve) => setImmediate(resolve));
      return read.map((chat) => ("failure" in chat ? chat : answers.next().value!));
    },
  };
}

/** The checkpoint for pictures that are brought to their size before. */
function withoutLimits(
  { config, tokenizer, model, stopTokens, files }: Checkpoint,
  { spec }: ImageProcessor,
): Checkpoint {
  const processor = new ImageProcessor({ ...spec, minPixels: 1, maxPixels: Number.POSITIVE_INFINITY });
  return new Checkpoint(config, tokenizer, processor, model, stopTokens, files);
}

async function readChat(turn: Turn, area: Area | null): Promise<Chat | { readonly failure: string }> {
  const pictures = turn.filter((part) => typeof part !== "string").length;
  const images: Image[] = [];
  const content: ContentItem[] = [];
  for (const part of turn) {
    if (typeof part === "string") {
      content.push({ type: "text", text: part });
      continue;
    }
    content.push({ type: "image" });
    try {
      const image = await decodePicture(part, DECODED);
      // A model without eyes says so itself.
      images.push(area ? fitPicture(image, area, pictures) : image);
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
