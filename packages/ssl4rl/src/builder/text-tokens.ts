import { ChatTemplate, defaultChatTemplate } from "@ssl4rl/models";

/**
 * At most so many tokens are in a row's text and the chat template around it: its bytes, for no token of a byte-level
 * tokenizer stands for less than one. Mostly there are far fewer.
 */
export function mostTextTokens({
  prompt,
  labels,
}: {
  readonly prompt: string;
  readonly labels: readonly string[];
}): number {
  return Buffer.byteLength(prompt + labels.map((label) => `${label} \n`).join("")) + AROUND;
}

const AROUND = Buffer.byteLength(
  new ChatTemplate(defaultChatTemplate, "Qwen2.5-VL").render([{ role: "user", content: "" }]),
);
