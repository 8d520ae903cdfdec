import { Tokenizer as HubTokenizer } from "@huggingface/tokenizers";
import { UserError } from "@ssl4rl/core";
import { symbolBytes } from "./byte-bpe.js";
import { ChatTemplate, type Message } from "./chat-template.js";
import { isObject, type Json } from "./json.js";
import { END_OF_TEXT, IM_END, IMAGE_PAD, visionTokens } from "./special-tokens.js";

/** A noncharacter that breaks up special-token strings in a user's text until the prompt has been cut at real ones. */
const BREAK = "\uFDD0";

export interface TokenizerFiles {
  readonly tokenizer: Json;
  readonly config: Json;
  readonly chatTemplate: string;
  /** Where the files lie; named in errors. */
  readonly folder: string;
}

/**
 * Byte-level BPE with Qwen's special tokens. Special tokens come from the chat template alone: the same strings in a
 * user's text are ordinary text (in transformers they become the tokens themselves).
 */
export class Tokenizer {
  private readonly hub: HubTokenizer;
  private readonly cleanUp: boolean;
  private readonly idOfSpecial = new Map<string, number>();
  private readonly specialOfId = new Map<number, string>();
  private readonly addedOfId = new Map<number, string>();
  private readonly special: RegExp;
  private readonly template: ChatTemplate;
  private readonly folder: string;
  private readonly pieces = new Map<string, readonly number[]>();
  /** One more than the largest id. */
  readonly size: number;

  constructor({ tokenizer, config, chatTemplate, folder }: TokenizerFiles) {
    const vocab = isObject(tokenizer.model) ? tokenizer.model.vocab : undefined;
    if (!isObject(vocab)) {
      throw new UserError(
        `${folder}/tokenizer.json: has no model.vocab. Only byte-level BPE tokenizers are supported.`,
      );
    }
    const added = (Array.isArray(tokenizer.added_tokens) ? tokenizer.added_tokens : []).filter(isObject);
    const special = added.filter((token) => token.special === true);
    for (const { content, id } of special) {
      this.idOfSpecial.set(content as string, id as number);
      this.specialOfId.set(id as number, content as string);
    }
    for (const { content, id } of added) this.addedOfId.set(id as number, content as string);
    // The library never sees special tokens, so it cannot make one out of ordinary text.
    const plain = { ...tokenizer, added_tokens: added.filter((token) => token.special !== true) };
    this.hub = new HubTokenizer(plain, config);
    this.cleanUp = config.clean_up_tokenization_spaces === true;
    const longestFirst = [...this.idOfSpecial.keys()].sort((a, b) => b.length - a.length);
    this.special = new RegExp(`(${longestFirst.map(escapeRegExp).join("|") || "(?!)"})`, "u");
    this.template = new ChatTemplate(chatTemplate, folder);
    this.folder = folder;
    const ids = [...Object.values(vocab), ...added.map(({ id }) => id)] as number[];
    this.size = ids.reduce((max, id) => Math.max(max, id), -1) + 1;
  }

  /** Id of a special token by name. */
  id(name: string): number {
    const id = this.idOfSpecial.get(name);
    if (id === undefined) {
      throw new UserError(`${this.folder}/tokenizer.json: has no special token ${name}. Use a Qwen2.5-VL tokenizer.`);
    }
    return id;
  }

  /** Special tokens that end a response. */
  get stopTokens(): readonly number[] {
    return [this.id(IM_END), this.id(END_OF_TEXT)];
  }

  /** Ids of the vision tokens that exist, which may not be sampled. */
  get visionTokens(): readonly number[] {
    return visionTokens.flatMap((name) => this.idOfSpecial.get(name) ?? []);
  }

  /**
   * Ids of a conversation up to the assistant's next turn. The k-th image becomes `imageTokens[k]` image slots.
   * Throws a UserError when the template renders another number of images.
   */
  encodePrompt(messages: readonly Message[], imageTokens: readonly number[]): number[] {
    const rendered = this.template.render(messages.map((message) => this.sanitise(message)));
    const ids: number[] = [];
    let image = 0;
    for (const piece of rendered.split(this.special)) {
      const special = this.idOfSpecial.get(piece);
      if (piece === IMAGE_PAD) {
        const count = imageTokens[image++] ?? 0;
        for (let k = 0; k < count; k++) ids.push(special!);
      } else if (special !== undefined) {
        ids.push(special);
      } else if (piece !== "") {
        for (const id of this.encodeText(piece.replaceAll(BREAK, ""))) ids.push(id);
      }
    }
    if (image !== imageTokens.length) {
      throw new UserError(
        `${this.folder}: the chat template rendered ${image} images, the messages hold ${imageTokens.length}.`,
      );
    }
    return ids;
  }

  /** Ids of ordinary text: special-token strings in it stay text. */
  encodeText(text: string): readonly number[] {
    const known = this.pieces.get(text);
    if (known) return known;
    const { ids } = this.hub.encode(text, { add_special_tokens: false });
    // Prompts of one task share their text, so a small memory saves nearly all of the work.
    if (this.pieces.size >= 1024) this.pieces.clear();
    this.pieces.set(text, ids);
    return ids;
  }

  /** Text of generated ids, special tokens left out. Bytes that are not UTF-8 become U+FFFD. */
  decode(ids: readonly number[]): string {
    const plain = ids.filter((id) => !this.specialOfId.has(id) && this.hub.id_to_token(id) !== undefined);
    return plain.length === 0 ? "" : this.hub.decode(plain, { clean_up_tokenization_spaces: this.cleanUp });
  }

  /** The bytes a token stands for, a special token its name; none for an id without a token. */
  bytes(id: number): Uint8Array {
    const added = this.addedOfId.get(id);
    if (added !== undefined) return Buffer.from(added);
    return symbolBytes(this.hub.id_to_token(id) ?? "");
  }

  isSpecial(id: number): boolean {
    return this.specialOfId.has(id);
  }

  private sanitise(message: Message): Message {
    const { content } = message;
    if (typeof content === "string") return { ...message, content: this.breakUp(content) };
    return {
      ...message,
      content: content.map((item) => (item.type === "text" ? { ...item, text: this.breakUp(item.text) } : item)),
    };
  }

  private breakUp(text: string): string {
    return text
      .replaceAll(BREAK, "")
      .split(this.special)
      .map((piece) => (this.idOfSpecial.has(piece) ? piece[0] + BREAK + piece.slice(1) : piece))
      .join("");
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
