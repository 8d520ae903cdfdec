import { expect, test } from "vitest";
import { ChatTemplate, defaultChatTemplate } from "./chat-template.js";

const template = new ChatTemplate(defaultChatTemplate, "test");

// Reference page, section 6.
test("a question about two images renders as Qwen2.5-VL's template does", () => {
  const image = "<|vision_start|><|image_pad|><|vision_end|>";
  const content = [{ type: "image" }, { type: "image" }, { type: "text", text: "Which way is up?" }] as const;
  expect(template.render([{ role: "user", content }])).toBe(
    `<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n${image}${image}Which way is up?<|im_end|>\n<|im_start|>assistant\n`,
  );
});

test("several turns follow each other, with the system message that is given", () => {
  const rendered = template.render([
    { role: "system", content: "Be brief." },
    { role: "user", content: " hi\n" },
    { role: "assistant", content: "Hello." },
    { role: "user", content: [{ type: "text", text: "Bye." }] },
  ]);
  expect(rendered).toBe(
    "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n hi\n<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n<|im_start|>user\nBye.<|im_end|>\n<|im_start|>assistant\n",
  );
});

test("a template that does not parse, or fails, names its file", () => {
  expect(() => new ChatTemplate("{% if %}", "folder/x")).toThrow(/^folder\/x: the chat template does not parse/);
  const failing = new ChatTemplate('{{ raise_exception("no") }}', "folder/x");
  expect(() => failing.render([])).toThrow("folder/x: the chat template fails: no");
});
