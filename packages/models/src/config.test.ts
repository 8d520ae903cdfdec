import { expect, test } from "vitest";
import { newConfig, parseConfig } from "./config.js";
import { goldenConfig } from "./golden.js";

const { text_only, ...language } = (() => {
  const { vision_config, model_type, image_token_id, tie_word_embeddings, ...rest } = goldenConfig;
  return { text_only: { vision_config, model_type, image_token_id }, ...rest };
})();

test("the three layouts of config.json read alike", () => {
  const flat = parseConfig(JSON.stringify(goldenConfig));
  const resaved = parseConfig(
    JSON.stringify({ ...text_only, ...language, text_config: { ...language, tie_word_embeddings: true } }),
  );
  const { rope_theta, rope_scaling, ...rest } = language;
  const rope_parameters = { rope_type: "default", rope_theta, mrope_section: rope_scaling.mrope_section };
  const nested = parseConfig(
    JSON.stringify({ ...text_only, text_config: { ...rest, rope_parameters }, tie_word_embeddings: true }),
  );
  for (const config of [resaved, nested]) expect({ ...config, raw: 0 }).toEqual({ ...flat, raw: 0 });
  expect(flat).toMatchObject({ tied: true, imageTokenId: 506, text: { headDim: 16, mropeSection: [2, 3, 3] } });
});

test("a window is as good as none when no layer is behind max_window_layers", () => {
  const change = { use_sliding_window: true, max_window_layers: goldenConfig.num_hidden_layers };
  expect(parseConfig(JSON.stringify({ ...goldenConfig, ...change })).text.layers).toBe(2);
});

test("MiMo-VL differs from Qwen2.5-VL in numbers only", () => {
  const mimo = {
    attention_bias: true,
    head_dim: 16,
    rms_norm_eps: 1e-5,
    rope_theta: 640000,
    rope_scaling: { mrope_section: [2, 3, 3], rope_type: "default", type: "default" },
    max_position_embeddings: 128000,
    tie_word_embeddings: false,
  };
  expect(parseConfig(JSON.stringify({ ...goldenConfig, ...mimo }))).toMatchObject({
    tied: false,
    contextLength: 128000,
    text: { rmsNormEps: 1e-5, ropeTheta: 640000, mropeSection: [2, 3, 3] },
  });
});

test("a text-only Qwen2 has plain rotary positions", () => {
  const config = parseConfig(JSON.stringify({ ...language, model_type: "qwen2", rope_scaling: null }));
  expect(config.vision).toBeNull();
  expect(config.text.mropeSection).toEqual([8, 0, 0]);
});

test.each([
  [{ hidden_size: "64" }, /c\.json: hidden_size must be a number, got "64"/],
  [{ vocab_size: undefined }, /c\.json: vocab_size must be a number, got nothing/],
  [{ num_key_value_heads: 3 }, /num_key_value_heads must be a divisor of 4, got 3/],
  [{ model_type: "llava" }, /model_type must be qwen2_5_vl or qwen2, got "llava"/],
  [{ use_sliding_window: true }, /use_sliding_window must be false/],
  [{ rope_scaling: { type: "yarn" } }, /rope_scaling\.type must be "mrope" or "default", got "yarn"/],
  [
    { rope_scaling: { mrope_section: [2, 2, 2] } },
    /rope_scaling\.mrope_section must be three numbers that add up to 8/,
  ],
  [{ vision_config: undefined }, /vision_config is missing/],
  [{ quantization_config: { quant_method: "awq" } }, /by its quantization_config the weights are quantised \(awq\)/],
])("a bad config names file, key and value: %j", (change, message) => {
  expect(() => parseConfig(JSON.stringify({ ...goldenConfig, ...change }), "c.json")).toThrow(message);
});

test("text that is not JSON is refused by file", () => {
  expect(() => parseConfig("{", "c.json")).toThrow(/^c\.json: not valid JSON/);
});

test("a new config reads back as it was asked for", () => {
  const { text, vision } = parseConfig(JSON.stringify(goldenConfig));
  const tokens = { endOfText: 500, imEnd: 502, visionStart: 503, visionEnd: 504, imagePad: 506, videoPad: 507 };
  const made = newConfig({ text, vision: vision!, tied: true, tokens });
  expect(made).toMatchObject({ text, vision, tied: true, imageTokenId: 506 });
  const wide = { ...text, headDim: 32, mropeSection: [4, 6, 6] as const };
  expect(() => newConfig({ text: wide, vision: vision!, tied: true, tokens })).toThrow("must be hiddenSize (64)");
});
