import { randomInt } from "node:crypto";
import type { ContentItem, Message } from "@ssl4rl/models";
import { z } from "zod";
import { ChatError } from "./chat-error.js";

/** What a server takes of one request. */
export interface ChatLimits {
  readonly maxImages: number;
  /** Tokens per response. */
  readonly maxTokens: number;
}

/** A request for chat completions, checked and without what was left to us. */
export interface ChatRequest {
  readonly messages: readonly Message[];
  /** Data URIs of the messages' images in their order, and where each stands. */
  readonly images: readonly { readonly uri: string; readonly param: string }[];
  readonly model: string;
  readonly n: number;
  /** Null: as many as the limit and the context leave. */
  readonly maxTokens: number | null;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  readonly repetitionPenalty: number;
  readonly seed: number;
  readonly stop: readonly string[];
  /** Null: none are told; otherwise how many of the likeliest tokens beside each. */
  readonly topLogprobs: number | null;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

const textPart = z.strictObject({ type: z.literal("text"), text: z.string() });
const imagePart = z.strictObject({
  type: z.literal("image_url"),
  // How large the model sees a picture is for the checkpoint to say, so `detail` changes nothing.
  image_url: z.strictObject({ url: z.string(), detail: z.enum(["auto", "low", "high"]).optional() }),
});
const part = z.discriminatedUnion("type", [textPart, imagePart], { error: "should be text or image_url" });
const text = z.union([z.string(), z.array(textPart)]);
const roles = [
  z.strictObject({ role: z.enum(["system", "developer"]), content: text }),
  z.strictObject({ role: z.literal("assistant"), content: text }),
  z.strictObject({
    role: z.literal("user"),
    content: z.union([z.string(), z.array(part)]),
  }),
] as const;
const message = z.discriminatedUnion("role", roles, { error: "should be system, developer, user or assistant" });

const count = z.int().min(1);
const schema = z.strictObject({
  model: z.string(),
  messages: z.array(message).min(1),
  n: count.max(128).nullish(),
  max_tokens: count.nullish(),
  max_completion_tokens: count.nullish(),
  temperature: z.number().min(0).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  // vLLM's own: -1 is none.
  top_k: z.int().min(-1).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  repetition_penalty: z.number().positive().nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(16)]).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().nullish() }).nullish(),
  user: z.string().nullish(),
  // What clients send to ask for nothing special.
  frequency_penalty: z.literal(0, { error: "only 0 is supported" }).nullish(),
  presence_penalty: z.literal(0, { error: "only 0 is supported" }).nullish(),
  response_format: z.strictObject({ type: z.literal("text", { error: "only text is supported" }) }).nullish(),
  tools: z.array(z.unknown()).max(0, { error: "tools are not supported" }).nullish(),
  tool_choice: z.enum(["none", "auto"], { error: "tools are not supported" }).nullish(),
});

/** Checks a request body. Fields that are not supported are refused, never ignored. Throws a ChatError that names them. */
export function parseChat(body: unknown, limits: ChatLimits): ChatRequest {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw firstProblem(parsed.error);
  const { data } = parsed;
  const { messages, images } = readMessages(data.messages);
  if (images.length > limits.maxImages) {
    throw new ChatError(
      400,
      `There are ${images.length} images; at most ${limits.maxImages} are taken (--max-images).`,
      "messages",
    );
  }
  if (data.max_tokens != null && data.max_completion_tokens != null)
    throw new ChatError(400, "Give max_tokens or max_completion_tokens, not both.", "max_tokens");
  const maxTokens = data.max_completion_tokens ?? data.max_tokens ?? null;
  if (maxTokens !== null && maxTokens > limits.maxTokens) {
    const param = data.max_completion_tokens != null ? "max_completion_tokens" : "max_tokens";
    throw new ChatError(400, `${param} is ${maxTokens}; at most ${limits.maxTokens} are given (--max-tokens).`, param);
  }
  if (data.top_logprobs != null && !data.logprobs)
    throw new ChatError(400, "top_logprobs needs logprobs: true.", "top_logprobs");
  if (data.stream_options && !data.stream)
    throw new ChatError(400, "stream_options needs stream: true.", "stream_options");
  return {
    messages,
    images,
    model: data.model,
    n: data.n ?? 1,
    maxTokens,
    temperature: data.temperature ?? 1,
    topP: data.top_p ?? 1,
    topK: Math.max(0, data.top_k ?? 0),
    minP: data.min_p ?? 0,
    repetitionPenalty: data.repetition_penalty ?? 1,
    seed: data.seed ?? randomInt(2 ** 32),
    stop: [data.stop ?? []].flat(),
    topLogprobs: data.logprobs ? (data.top_logprobs ?? 0) : null,
    stream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
  };
}

function readMessages(given: z.infer<typeof schema>["messages"]) {
  const images: { uri: string; param: string }[] = [];
  const messages = given.map(({ role, content }, m): Message => {
    const name = role === "developer" ? "system" : role;
    if (typeof content === "string") return { role: name, content };
    const items = content.map((part, p): ContentItem => {
      if (part.type === "text") return part;
      images.push({ uri: part.image_url.url, param: `messages[${m}].content[${p}].image_url` });
      return { type: "image" };
    });
    return { role: name, content: items };
  });
  return { messages, images };
}

type Issue = z.core.$ZodIssue;

/** The first thing wrong with a request, by the name of its place: `messages[0].content[1].type`. */
function firstProblem(error: z.ZodError): ChatError {
  let issue: Issue = error.issues[0];
  let path = issue.path;
  // Of a string or a list of parts, what is wrong with the list says more.
  while (issue.code === "invalid_union" && issue.errors.length > 0) {
    issue = issue.errors.map(([first]) => first).sort((a, b) => b.path.length - a.path.length)[0];
    path = [...path, ...issue.path];
  }
  const param = path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i ? "." : ""}${String(part)}`))
    .join("");
  if (issue.code === "unrecognized_keys") {
    const field = [param, issue.keys[0]].filter(Boolean).join(".");
    return new ChatError(400, `${field} is not supported by this server.`, field, "unsupported_parameter");
  }
  return new ChatError(400, param ? `${param}: ${issue.message}.` : `The body: ${issue.message}.`, param || null);
}
