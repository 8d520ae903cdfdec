/** The special tokens of Qwen2.5-VL that this package relies on, by name; ids differ between tokenizers. */
export const END_OF_TEXT = "<|endoftext|>";
export const IM_START = "<|im_start|>";
export const IM_END = "<|im_end|>";
export const VISION_START = "<|vision_start|>";
export const VISION_END = "<|vision_end|>";
export const VISION_PAD = "<|vision_pad|>";
export const IMAGE_PAD = "<|image_pad|>";
export const VIDEO_PAD = "<|video_pad|>";

/** In Qwen2.5-VL's own order. */
export const specialTokens: readonly string[] = [
  END_OF_TEXT,
  IM_START,
  IM_END,
  VISION_START,
  VISION_END,
  VISION_PAD,
  IMAGE_PAD,
  VIDEO_PAD,
];

/** Tokens that may never be sampled: one in a response would break the count and the positions of image features. */
export const visionTokens: readonly string[] = [VISION_START, VISION_END, VISION_PAD, IMAGE_PAD, VIDEO_PAD];
