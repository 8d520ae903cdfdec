import { Template } from "@huggingface/jinja";
import { UserError } from "@ssl4rl/core";
import { IM_END, IM_START, IMAGE_PAD, VISION_END, VISION_START } from "./special-tokens.js";

export type ContentItem = { readonly type: "text"; readonly text: string } | { readonly type: "image" };

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string | readonly ContentItem[];
}

/** A checkpoint's chat template: messages in, one string out. */
export class ChatTemplate {
  private readonly template: Template;

  constructor(
    readonly source: string,
    private readonly file: string,
  ) {
    try {
      this.template = new Template(source);
    } catch (error) {
      throw new UserError(`${file}: the chat template does not parse: ${(error as Error).message}`);
    }
  }

  /** The prompt that asks for the assistant's next turn. Images stand as one `<|image_pad|>` each. */
  render(messages: readonly Message[]): string {
    try {
      return this.template.render({
        messages: messages.map(plainText),
        add_generation_prompt: true,
        add_vision_id: false,
      });
    } catch (error) {
      throw new UserError(`${this.file}: the chat template fails: ${(error as Error).message}`);
    }
  }
}

/** Text alone goes as one string: templates of text-only models take nothing else, the others render it alike. */
function plainText(message: Message): Message {
  const { content } = message;
  if (typeof content === "string" || content.some((item) => item.type !== "text")) return message;
  return { ...message, content: content.map((item) => (item.type === "text" ? item.text : "")).join("") };
}

/**
 * The template given to new checkpoints. Renders as Qwen2.5-VL's does for text and images (reference page, section 6):
 * a default system turn, no separator between content items, strings verbatim.
 */
export const defaultChatTemplate = [
  `{%- if messages[0]["role"] != "system" -%}`,
  `{{- "${IM_START}system\\nYou are a helpful assistant.${IM_END}\\n" -}}`,
  `{%- endif -%}`,
  `{%- for message in messages -%}`,
  `{{- "${IM_START}" + message["role"] + "\\n" -}}`,
  `{%- if message["content"] is string -%}`,
  `{{- message["content"] -}}`,
  `{%- else -%}`,
  `{%- for item in message["content"] -%}`,
  `{%- if item["type"] == "image" -%}`,
  `{{- "${VISION_START}${IMAGE_PAD}${VISION_END}" -}}`,
  `{%- elif item["type"] == "text" -%}`,
  `{{- item["text"] -}}`,
  `{%- else -%}`,
  `{{- raise_exception("content may be text or image, got " + item["type"]) -}}`,
  `{%- endif -%}`,
  `{%- endfor -%}`,
  `{%- endif -%}`,
  `{{- "${IM_END}\\n" -}}`,
  `{%- endfor -%}`,
  `{%- if add_generation_prompt -%}`,
  `{{- "${IM_START}assistant\\n" -}}`,
  `{%- endif -%}`,
].join("\n");
