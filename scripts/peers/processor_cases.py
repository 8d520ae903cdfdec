"""Pictures and questions, and what transformers' processors make of them."""

import functools

import PIL
from transformers import AutoProcessor

from model_cases import picture

try:
    # 5.x: the class that computes with Pillow. Its default one, over torchvision, is near but not equal.
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil as PillowProcessor
except ImportError:
    from transformers import Qwen2VLImageProcessor as PillowProcessor

if int(PIL.__version__.split(".")[0]) >= 13:
    raise SystemExit(f"Pillow {PIL.__version__} resizes in another order: see requirements-models-5.txt.")

# preprocessor_config.json, and sizes of pictures (height, width).
PICTURES = [
    ({"min_pixels": 3136, "max_pixels": 12845056}, [(97, 142), (20, 30), (70, 98), (301, 77), (28, 28), (2, 150), (63, 1000)]),
    ({"min_pixels": 784, "max_pixels": 13328}, [(112, 112), (480, 640), (33, 500), (2, 301), (113, 111)]),
    ({"size": {"shortest_edge": 50176, "longest_edge": 60000}}, [(5, 5), (224, 225), (600, 90)]),
    ({"min_pixels": 784, "max_pixels": 40000, "patch_size": 8, "merge_size": 3}, [(50, 71), (300, 400)]),
]

# Text, words before each picture, sizes of pictures. The pictures stand first, as in Checkpoint.prepare.
QUESTIONS = [
    ("Which way is up?", [], [(112, 112)]),
    ("Compare them: which one is turned?\nAnswer in this form: <answer>X</answer>", [], [(56, 84), (100, 37), (300, 400)]),
    ("Put the tiles in order.", [f"Picture {i}:" for i in range(1, 10)], [(28 + 9 * i, 140 - 11 * i) for i in range(9)]),
    ("it's 1234 <b>\\n</b>, they'LL\t\n\n  see… \u00e4rmel \u6f22\u5b57 \U0001f642 e\u0301 ", [], [(30, 30)]),
    ("<think>No picture here.</think>\r\n  def f(x): return x**2  # 3.14", [], []),
    ("", [], [(112, 80)]),
]


def pixels_of(processor, sizes):
    """float32 [rows, columns], and the pictures' grids (height, width) in patches."""
    if "size" in processor and "Pil" not in PillowProcessor.__name__:
        # 4.57's class puts its defaults in the place of what the file says there.
        limits = processor["size"]
        processor = {"min_pixels": limits["shortest_edge"], "max_pixels": limits["longest_edge"]}
    out = PillowProcessor(**processor)(images=[picture(*size) for size in sizes], return_tensors="np")
    return out["pixel_values"], [tuple(map(int, grid[1:])) for grid in out["image_grid_thw"]]


@functools.cache
def processor_of(checkpoint):
    return AutoProcessor.from_pretrained(checkpoint)


def ids_of(checkpoint, text, labels, sizes):
    content = []
    for i, _ in enumerate(sizes):
        image = [{"type": "image"}]
        content += [{"type": "text", "text": f"{labels[i]} "}, *image, {"type": "text", "text": "\n"}] if labels else image
    messages = [{"role": "user", "content": [*content, {"type": "text", "text": text}]}]
    processor = processor_of(checkpoint)
    prompt = processor.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    images = [picture(*size) for size in sizes] or None
    return processor(text=[prompt], images=images)["input_ids"][0]
