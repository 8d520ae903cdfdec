import { UserError } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import { benchmarkNamed, contentOf, protocolNamed, type Question } from "@ssl4rl/eval";
import { openAny, type QuestionSources } from "../open-benchmarks.js";
import type { WatchedQuestion } from "./compare-attention.js";

export interface BenchItems extends QuestionSources {
  readonly bench: string;
  readonly protocol?: string;
  /** Ids of questions; without them, the first three. */
  readonly item?: readonly string[];
}

/** Questions of a benchmark, as its protocol asks them. */
export async function questionsOf(items: BenchItems): Promise<WatchedQuestion[]> {
  const benchmark = benchmarkNamed(items.bench);
  const protocol = protocolNamed(benchmark, items.protocol);
  const { questions } = await openAny(benchmark, items);
  const chosen = items.item?.map((id) => questions.find((question) => question.id === id) ?? missing(id, questions));
  const watched: WatchedQuestion[] = [];
  for (const question of chosen ?? questions.slice(0, 3)) {
    const parts = contentOf(protocol.ask(question), question.images);
    const images = await Promise.all(
      parts.flatMap((part) => (typeof part === "string" ? [] : [part.bytes().then(decode)])),
    );
    const content = parts.map((part) =>
      typeof part === "string" ? ({ type: "text", text: part } as const) : ({ type: "image" } as const),
    );
    const prompt = parts.filter((part) => typeof part === "string").join("");
    watched.push({ name: question.id, prompt, chat: { messages: [{ role: "user", content }], images } });
  }
  return watched;

  function missing(id: string, all: readonly Question[]): never {
    const [first, second] = all;
    throw new UserError(`--item: ${items.bench} has no ${id}. Its items are named ${first.id}, ${second.id} …`, 2);
  }
}

const decode = (bytes: Uint8Array) => decodePicture(bytes, { minSide: 1, maxSide: 4096 });
