import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePicture } from "@ssl4rl/data";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBenchmark } from "../benchmark.js";
import { contentOf, grade } from "../protocol.js";
import { json, lines, parquet, picture, table, write } from "../test-files.js";
import { benchmarkNamed, benchmarks } from "./registry.js";

const root = mkdtempSync(join(tmpdir(), "ssl4rl-layouts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let teal: Buffer;
let pink: Buffer;
beforeAll(async () => {
  teal = await picture("teal");
  pink = await picture("pink");
});

const base64 = () => teal.toString("base64");
const colours = { A: "red", B: "teal", C: "None", D: "" };
const animals = ["cat", "dog"];
const coco = (folder: string, split = "val2017") => write(join(folder, "coco", split, "000000000042.jpg"), teal);

interface Case {
  readonly id: string;
  /** The layout's path, which is also where `make` writes. */
  readonly path: string;
  readonly make: (at: (path: string) => string, folder: string) => void;
  /** For the first question: an answer that is right, one that is wrong, and what its prompt holds. */
  readonly right: string;
  readonly wrong: string;
  readonly asks: string;
  readonly questions?: number;
  readonly images?: number;
}

const tsv = (id: string, path: string, more: Record<string, string> = {}, questions = 2): Case => ({
  id,
  path,
  make: (at) =>
    table(at(path), [
      { index: 1, question: "Which colour?", ...colours, answer: "B", category: "colour", ...more, image: base64() },
      { index: 2, question: "And which here?", ...colours, answer: "A", category: "colour", ...more, image: base64() },
    ]),
  right: "B",
  wrong: "A",
  asks: "B. teal",
  questions,
});

const cases: readonly Case[] = [
  { ...tsv("mmbench-dev-en", "MMBench_DEV_EN.tsv", { "l2-category": "x" }), right: "<answer>B</answer>" },
  {
    id: "mmbench-dev-en",
    path: "MMBench/en/dev-*.parquet",
    make: (at) =>
      parquet(at("MMBench/en/dev-0.parquet"), [
        {
          index: 7,
          question: "Which?",
          hint: "nan",
          A: "red",
          B: "teal",
          C: "nan",
          D: "nan",
          answer: "B",
          "L2-category": "x",
          category: "y",
          image: teal,
        },
      ]),
    right: "<think>a</think> <answer>B. teal</answer>",
    wrong: "<answer>A</answer>",
    asks: "B. teal\nAnswer this",
    questions: 1,
  },
  { ...tsv("seedbench-image", "SEEDBench_IMG.tsv"), right: "<answer>B</answer>" },
  {
    id: "seedbench-image",
    path: "SEED-Bench.json",
    make(at) {
      const question = {
        question: "Which?",
        choice_a: "a",
        choice_b: "b",
        choice_c: "c",
        choice_d: "d",
        answer: "D",
        data_id: "x_1",
      };
      json(at("SEED-Bench.json"), {
        questions: [
          { ...question, question_id: "1_0", question_type_id: 4 },
          { ...question, question_id: "2_0", question_type_id: 10 },
        ],
      });
      write(at("SEED-Bench-image/x_1"), teal);
    },
    right: "D",
    wrong: "A",
    asks: "D. d",
    questions: 1,
  },
  ...["imagenet-completion", "imagenet-choice-10"].map((id) => ({
    id,
    path: "ImageNet-Subset/data/test-*.parquet",
    make: (at: (path: string) => string) =>
      parquet(
        at("ImageNet-Subset/data/test-0.parquet"),
        Array.from({ length: 12 }, (_, i) => ({
          filename: `${i}.jpg`,
          label: i,
          answer: `fish${i}, Piscis ${i}`,
          images: [teal],
        })),
      ),
    right: id === "imagenet-completion" ? "<think></think><answer>Piscis 0</answer>" : "",
    wrong: "<answer>fish99</answer>",
    asks: "Please identify the species",
    questions: 12,
  })),
  {
    id: "mmvp",
    path: "MMVP/Questions.csv",
    make(at) {
      const row = { Question: "Is it open, or closed?", Options: "(a) Open (b) Closed" };
      table(
        at("MMVP/Questions.csv"),
        [
          { Index: 1, ...row, "Correct Answer": "(b)" },
          { Index: 2, ...row, "Correct Answer": "(a)" },
        ],
        ",",
      );
      for (const i of [1, 2]) write(at(`MMVP/MMVP Images/${i}.jpg`), teal);
    },
    right: "(b)",
    wrong: "(a)",
    asks: "<image>\nIs it open, or closed?\nOptions: (a) Open (b) Closed\nAnswer with the option letter with parenthesis directly.",
  },
  {
    id: "mmvp-corrected",
    path: "MMVP/Questions.csv",
    make(at) {
      const row = { Index: 99, Question: "Is it open?", Options: "(a) Open (b) Closed", "Correct Answer": "(b)" };
      table(at("MMVP/Questions.csv"), [row], ",");
      write(at("MMVP/images/99.jpg"), teal);
    },
    right: "(a)",
    wrong: "(b)",
    asks: "Is it open?",
    questions: 1,
  },
  { ...tsv("mmvp", "MMVP.tsv"), asks: "(b) teal" },
  tsv("mmstar", "MMStar.tsv"),
  {
    id: "mmstar",
    path: "MMStar/mmstar.parquet",
    make: (at) =>
      parquet(at("MMStar/mmstar.parquet"), [
        {
          index: 0,
          question: "Where?\nOptions: A: here, or there, B: no: where, C: x, D: y",
          answer: "B",
          category: "math",
          l2_category: "geometry",
          image: teal,
        },
      ]),
    right: "B",
    wrong: "A",
    asks: "Question: Where?\nOptions:\nA. here, or there\nB. no: where\nC. x\nD. y\n",
    questions: 1,
  },
  tsv("hr-bench-8k", "hr_bench_8k.tsv", { cycle_category: "0" }),
  {
    id: "hr-bench-4k",
    path: "HR-Bench/hr_bench_4k.parquet",
    make: (at) =>
      parquet(at("HR-Bench/hr_bench_4k.parquet"), [
        {
          index: 0,
          question: "Which?",
          ...colours,
          C: "x",
          D: "y",
          answer: "B",
          category: "single",
          cycle_category: "0",
          image: base64(),
        },
      ]),
    right: "B",
    wrong: "C",
    asks: "<image>\nWhich?\nA. red\nB. teal\nC. x\nD. y\nAnswer with the option letter directly.",
    questions: 1,
  },
  tsv("vstar", "VStarBench.tsv"),
  {
    id: "vstar",
    path: "vstar-bench/data/test-*.parquet",
    make: (at) =>
      parquet(at("vstar-bench/data/test-0.parquet"), [
        {
          question_id: 3,
          image: teal,
          text: "Which colour?\n(A) red\n(B) dark teal\nAnswer with the letter.",
          label: "B",
          category: "direct_attributes",
        },
      ]),
    right: "The answer is B",
    wrong: "A",
    asks: "Which colour?\nA. red\nB. dark teal\nAnswer with",
    questions: 1,
  },
  {
    id: "vstar",
    path: "vstar_bench/*/*.json",
    make(at) {
      json(at("vstar_bench/relative_position/sa_1.json"), {
        target_object: ["x"],
        bbox: [[1, 2, 3, 4]],
        question: "Where?",
        options: ["left", "right"],
      });
      write(at("vstar_bench/relative_position/sa_1.jpg"), teal);
    },
    right: "",
    wrong: "neither",
    asks: "left",
    questions: 1,
  },
  {
    id: "mme-realworld-lite",
    path: "mme_realworld_lite.tsv",
    make: (at) =>
      table(at("mme_realworld_lite.tsv"), [
        {
          index: 0,
          image: base64(),
          question: "Which?",
          "multi-choice options": "['(A) red', '(B) teal', '(E) none']",
          answer: "B",
          category: "Perception/OCR",
          "l2-category": "x",
        },
      ]),
    right: "The best answer is B",
    wrong: "E",
    asks: "Which? The choices are listed below:\n(A) red\n(B) teal\n",
    questions: 1,
  },
  {
    id: "mme-realworld-lite",
    path: "MME-RealWorld-lite-lmms-eval/data/train-*.parquet",
    make: (at) =>
      parquet(at("MME-RealWorld-lite-lmms-eval/data/train-0.parquet"), [
        {
          index: 0,
          bytes: base64(),
          question: "Which?",
          "multi-choice options": ["(A) red", "(B) teal"],
          answer: "B",
          category: "Perception/OCR",
          "l2-category": "x",
        },
      ]),
    right: "(B)",
    wrong: "A",
    asks: "(B) teal",
    questions: 1,
  },
  {
    id: "lisa-grounding",
    path: "lisa_grounding/lisa_test.json",
    make(at) {
      json(at("lisa_grounding/lisa_test.json"), [
        { image: "test/1.png", problem: "Find the cup.", solution: [10, 10, 40, 40] },
      ]);
      write(at("lisa_grounding/test/1.png"), teal);
    },
    right: '```json\n[{"bbox_2d": [10, 10, 41, 40], "label": "cup"}]\n```',
    wrong: "[0, 0, 20, 20]",
    asks: "<image>Find the cup. Please provide the bounding box coordinate in JSON format.",
    questions: 1,
  },
  ...["vsr/test.jsonl", "vsr/all_vsr_validated_data.jsonl"].map((path) => ({
    id: path.includes("all") ? "vsr-all" : "vsr",
    path,
    make(at: (path: string) => string, folder: string) {
      lines(at(path), [{ image: "000000000042.jpg", caption: "The cat is on the mat.", label: 0, relation: "on" }]);
      coco(folder, "train2017");
    },
    right: "no.",
    wrong: "Yes",
    asks: "Caption: The cat is on the mat.\nAnswer Yes or No directly.",
    questions: 1,
  })),
  {
    id: "omnispatial",
    path: "OmniSpatial/all_eval_data.json",
    make(at) {
      json(at("OmniSpatial/all_eval_data.json"), [
        {
          image: "Logic/1.png",
          question: "Where?\nA. here\nB. there",
          answer: "B",
          task_type: "Logic",
          sub_task_type: "x",
        },
      ]);
      write(at("OmniSpatial/Logic/1.png"), teal);
    },
    right: "B. there",
    wrong: "A",
    asks: "<image>\nWhere?\nA. here\nB. there",
    questions: 1,
  },
  {
    id: "omnispatial",
    path: "OmniSpatial-test/data.json",
    make(at) {
      json(at("OmniSpatial-test/data.json"), [
        {
          id: "12_0",
          question: "Where?",
          options: ["here", "there"],
          answer: 1,
          task_type: "Logic",
          sub_task_type: "x",
        },
      ]);
      write(at("OmniSpatial-test/Logic/12.png"), teal);
    },
    right: "B",
    wrong: "A",
    asks: "A. here\nB. there\nAnswer with the option letter directly.",
    questions: 1,
  },
  {
    id: "da-2k",
    path: "DA-2K/all_data.json",
    make(at) {
      json(at("DA-2K/all_data.json"), [
        {
          image: "indoor/1.png",
          points: [
            [10, 10],
            [40, 40],
          ],
          question: "Which is closer?",
          answer: "B",
        },
      ]);
      write(at("DA-2K/indoor/1.png"), teal);
    },
    right: "B",
    wrong: "A",
    asks: "Which is closer?",
    questions: 1,
  },
  {
    id: "da-2k",
    path: "DA-2K/annotations.json",
    make(at) {
      json(at("DA-2K/annotations.json"), {
        "indoor/1.png": [{ point1: [10, 10], point2: [40, 40], closer_point: "point1" }],
      });
      write(at("DA-2K/indoor/1.png"), teal);
    },
    right: "",
    wrong: "?",
    asks: "A. the green one",
    questions: 1,
  },
  {
    id: "winoground",
    path: "winoground/all_data.json",
    make(at) {
      json(at("winoground/all_data.json"), [
        {
          idx: "0_pos",
          question_type: "image",
          image_name: ["a.png", "b.png"],
          question: "First <image> or second <image>? x",
          GT: "First",
        },
      ]);
      for (const name of ["a", "b"]) write(at(`winoground/${name}.png`), teal);
    },
    right: "first.",
    wrong: "the first",
    asks: "First <image> or second <image>? x",
    questions: 1,
    images: 2,
  },
  {
    id: "winoground",
    path: "winoground/data/examples.jsonl",
    make(at) {
      lines(at("winoground/data/examples.jsonl"), [
        {
          id: 4,
          caption_0: "a cat on a dog",
          caption_1: "a dog on a cat",
          image_0: "ex_4_img_0",
          image_1: "ex_4_img_1",
        },
      ]);
      for (const i of [0, 1]) write(at(`winoground/data/images/ex_4_img_${i}.png`), teal);
    },
    right: "A",
    wrong: "B",
    asks: "A. a cat on a dog\nB. a dog on a cat",
    questions: 4,
  },
  {
    id: "sugarcrepe-pp",
    path: "SugarCrepe_pp/all_data.json",
    make(at, folder) {
      json(at("SugarCrepe_pp/all_data.json"), [
        {
          id: 0,
          q_type: "positive_1",
          image: "000000000042.jpg",
          category: "swap_att",
          question: "<image>\nIs it so? Yes or No.",
          answer: "Yes",
        },
      ]);
      coco(folder);
    },
    right: "yes",
    wrong: "no",
    asks: "Is it so?",
    questions: 1,
  },
  {
    id: "sugarcrepe-pp",
    path: "SugarCrepe_pp/data/*.json",
    make(at, folder) {
      json(at("SugarCrepe_pp/data/swap_att.json"), [
        { id: 5, filename: "000000000042.jpg", caption: "a", caption2: "b", negative_caption: "c" },
      ]);
      coco(folder);
    },
    right: "Yes",
    wrong: "No",
    asks: "Caption: a\n",
    questions: 3,
  },
  {
    id: "mathvista-testmini",
    path: "MathVista/data/testmini-*.parquet",
    make: (at) =>
      parquet(at("MathVista/data/testmini-0.parquet"), [
        {
          pid: "1",
          query: "Hint: an integer.\nQuestion: how many?",
          image: "images/1.jpg",
          decoded_image: teal,
          choices: null,
          precision: null,
          answer: "12",
          question_type: "free_form",
          answer_type: "integer",
        },
        {
          pid: "2",
          query: "Choices: …",
          image: "images/2.jpg",
          decoded_image: teal,
          choices: animals,
          precision: null,
          answer: "dog",
          question_type: "multi_choice",
          answer_type: "text",
        },
      ]),
    right: "There are \\boxed{12.0}",
    wrong: "13",
    asks: "Question: how many?",
  },
  {
    id: "mathvision-testmini",
    path: "MathVision/data/testmini-*.parquet",
    make: (at) =>
      parquet(at("MathVision/data/testmini-0.parquet"), [
        {
          id: "4",
          question: "What is it? <image1>",
          options: ["\\frac{1}{2}", "2"],
          image: "images/4.jpg",
          decoded_image: teal,
          answer: "A",
          subject: "algebra",
          level: 2,
        },
      ]),
    right: "so it is \\boxed{0.5}",
    wrong: "(B)",
    asks: "What is it? <image1>\nChoices: A. \\frac{1}{2}\nB. 2",
    questions: 1,
  },
  ...["MathVerse-lmmseval/testmini/test-*.parquet", "MathVerse/testmini.parquet"].map((path) => ({
    id: "mathverse-testmini",
    path,
    make: (at: (path: string) => string) =>
      parquet(at(path.replace("*", "0")), [
        {
          sample_index: "1",
          problem_index: "1",
          problem_version: "Text Dominant",
          question: "Find x.\nChoices:\nA:10°\nB:20°",
          image: teal,
          answer: "B",
          question_type: "multi-choice",
          query_wo: "Please answer.\nFind x.",
        },
        {
          sample_index: "2",
          problem_index: "1",
          problem_version: "Text Lite",
          question: "Find y.",
          image: teal,
          answer: "\\sqrt{2}",
          question_type: "free-form",
          query_wo: "Find y.",
        },
      ]),
    right: "<think>A?</think> <answer>B</answer>",
    wrong: "A",
    asks: "Please answer.\nFind x.",
  })),
  {
    id: "mmmu-val",
    path: "MMMU/*/validation-*.parquet",
    make: (at) =>
      parquet(at("MMMU/Art_Theory/validation-0.parquet"), [
        {
          id: "validation_Art_Theory_1",
          question: "<image 1> shows?",
          options: "['cat', \"a dog's\", '<image 2>']",
          answer: "B",
          question_type: "multiple-choice",
          image_1: teal,
          image_2: pink,
          image_3: null,
        },
        {
          id: "validation_Art_Theory_2",
          question: "How many? <image 1>",
          options: "[]",
          answer: "['3', 'three']",
          question_type: "open",
          image_1: teal,
          image_2: null,
          image_3: null,
        },
      ]),
    right: "It must be (B)",
    wrong: "no idea",
    asks: "B. a dog's\nC. <image 2>\n\nAnswer with the option's letter",
    images: 2,
  },
  {
    id: "emma-mini",
    path: "EMMA-mini/*/test-*.parquet",
    make: (at) =>
      parquet(at("EMMA-mini/Math/test-0.parquet"), [
        {
          pid: "m1",
          question: "Which of <image_1>?",
          context: null,
          options: ["<image_2>", "x"],
          answer: "A",
          image_1: teal,
          image_2: pink,
          type: "Multiple Choice",
          subject: "Math",
          category: "2D",
        },
        {
          pid: "m2",
          question: "How many <image_1>?",
          context: "c",
          options: null,
          answer: "7",
          image_1: teal,
          image_2: null,
          type: "Open-ended",
          subject: "Math",
          category: "2D",
        },
      ]),
    right: "\\boxed{\\text{A}}",
    wrong: "\\boxed{B}",
    asks: "A: <image_2>\nB: x\n",
    images: 2,
  },
  tsv("realworldqa", "RealWorldQA.tsv"),
  tsv("blink", "BLINK.tsv"),
  {
    id: "blink",
    path: "BLINK/*/val-*.parquet",
    make: (at) =>
      parquet(at("BLINK/Jigsaw/val-0.parquet"), [
        {
          idx: "val_Jigsaw_1",
          question: "Which?",
          sub_task: "Jigsaw",
          choices: ["the second image", "the third image"],
          answer: "(B)",
          image_1: teal,
          image_2: pink,
          image_3: teal,
          image_4: null,
        },
      ]),
    right: "the third image",
    wrong: "A",
    asks: "A. the second image",
    questions: 1,
    images: 3,
  },
  {
    id: "cv-bench",
    path: "CV-Bench/test*.parquet",
    make: (at) =>
      parquet(at("CV-Bench/test_2d.parquet"), [
        {
          idx: 0,
          type: "2D",
          task: "Count",
          image: teal,
          question: "How many?",
          choices: ["1", "2", "3"],
          answer: "(C)",
          source: "COCO",
        },
      ]),
    right: "(C)",
    wrong: "3",
    asks: "Note: You only need to respond with A, B, C without providing any additional information.\n\nHow many? Select",
    questions: 1,
  },
  {
    id: "cv-bench",
    path: "CV-Bench/test*.jsonl",
    make(at) {
      lines(at("CV-Bench/test_3d.jsonl"), [
        {
          idx: 0,
          type: "3D",
          task: "Depth",
          filename: "3D/1.png",
          question: "Which?",
          choices: animals,
          answer: "(A)",
          source: "Omni3D",
        },
      ]);
      write(at("CV-Bench/img/3D/1.png"), teal);
    },
    right: "A",
    wrong: "B",
    asks: "(A) cat\n(B) dog",
    questions: 1,
  },
  ...["ViewSpatial-Bench/ViewSpatial-Bench.json", "ViewSpatial-Bench.json"].map((path) => ({
    id: "viewspatial",
    path,
    make(at: (path: string) => string, folder: string) {
      json(at(path), [
        {
          question_type: "x",
          image_path: ["ViewSpatial-Bench/val2017/000000000042.jpg"],
          question: "Where?",
          answer: "B. right",
          choices: "A. left\nB. right",
        },
      ]);
      coco(path.includes("/") ? folder : join(folder, ".."));
    },
    right: "B",
    wrong: "A",
    asks: "<image>\nWhere?\nA. left\nB. right\nAnswer with the option letter directly.",
    questions: 1,
  })),
  {
    id: "sugarcrepe",
    path: "sugarcrepe/*.json",
    make(at, folder) {
      json(at("sugarcrepe/swap_obj.json"), {
        4: { filename: "000000000042.jpg", caption: "a cat", negative_caption: "a dog" },
      });
      coco(folder);
    },
    right: "<answer>a cat</answer>",
    wrong: "a dog",
    asks: "Which caption",
    questions: 1,
  },
  {
    id: "pope",
    path: "pope/coco_pope_*.json",
    make(at, folder) {
      lines(at("pope/coco_pope_random.json"), [
        { question_id: 1, image: "COCO_val2014_000000000042.jpg", text: "Is there a cat?", label: "no" },
      ]);
      coco(folder);
    },
    right: "No, there is not.",
    wrong: "Yes. No doubt.",
    asks: "Is there a cat?",
    questions: 1,
  },
  ...(["refcoco", "refcoco+"] as const).map((part) => ({
    id: `${part}-testb`,
    path: `refcoco/${part}_testB.json`,
    make(at: (path: string) => string, folder: string) {
      json(at(`refcoco/${part}_testB.json`), [
        { img_id: "COCO_train2014_000000000042_1", sents: "the cat", bbox: [10, 10, 30, 30], height: 56, width: 56 },
      ]);
      coco(folder);
    },
    right: "[10, 10, 40, 40]",
    wrong: "none",
    asks: "the cat",
    questions: 1,
  })),
  {
    id: "ovd-eval",
    path: "OVDEval/all_data.json",
    make(at) {
      const image_info = { id: 9, file_name: "1.png", width: 56, height: 56 };
      json(at("OVDEval/all_data.json"), [{ task: "color", image_info, category_info: { id: 3, name: "a red cup" } }]);
      json(at("OVDEval/annotations/color.json"), {
        images: [image_info],
        categories: [{ id: 3, name: "a red cup" }],
        annotations: [{ image_id: 9, category_id: 3, bbox: [10, 10, 30, 30] }],
      });
      write(at("OVDEval/images/color/1.png"), teal);
    },
    right: "",
    wrong: "none",
    asks: "Detect all instances of the following target: a red cup. Output",
    questions: 1,
  },
];

describe("published layouts", () => {
  it("are all tried here", () => {
    const all = benchmarks.flatMap(({ id, layouts }) => layouts.map(({ path }) => `${id} ${path}`));
    const tried = new Set(cases.map(({ id, path }) => `${id} ${path}`));
    // Those of one family stand for each other; graph-bench.test.ts tries those of graphs.
    const alike = /^(imagenet|hr-bench)|-(node|link|relation|relation-all|tail) /;
    expect(all.filter((each) => !tried.has(each) && !alike.test(each))).toEqual([]);
  });

  it.each(cases.map((each, i) => [`${each.id} from ${each.path}`, each, i] as const))("%s", async (_, given, i) => {
    const { id, make, right, wrong, asks, questions = 2, images = 1 } = given;
    const folder = join(root, `${i}`, "data");
    make((path) => join(folder, path), folder);
    const benchmark = benchmarkNamed(id);
    const opened = await openBenchmark(benchmark, folder);
    expect(opened.questions.length).toBe(questions);
    expect(new Set(opened.questions.map((question) => question.id)).size).toBe(questions);
    for (const question of opened.questions) {
      for (const image of question.images) {
        await decodePicture(await image.bytes(), { minSide: 1, maxSide: 4096 });
      }
      for (const protocol of benchmark.protocols) {
        const shown = contentOf(protocol.ask(question), question.images).filter((part) => typeof part !== "string");
        expect(shown).toEqual(question.images);
        expect((await grade(question, "", protocol)).accuracy).toBe(0);
      }
    }
    const [question] = opened.questions;
    const [protocol] = benchmark.protocols;
    expect(question.images.length).toBe(images);
    expect(protocol.ask(question)).toContain(asks);
    expect((await grade(question, wrong, protocol)).accuracy).toBe(0);
    if (right !== "") expect(await grade(question, right, protocol)).toMatchObject({ accuracy: 1, response: right });
  });
});

describe("openBenchmark", () => {
  it("says which files it expects, and who publishes them", async () => {
    const error = await openBenchmark(benchmarkNamed("mmstar"), root).catch((thrown: Error) => thrown.message);
    expect(error).toBe(
      `MMStar is not in ${root}. Expected there: MMStar.tsv (https://opencompass.openxlab.space/utils/VLMEval/MMStar.tsv), ` +
        "or MMStar/mmstar.parquet (https://huggingface.co/datasets/Lin-Chen/MMStar).",
    );
  });

  it("takes the file itself, whatever its name, and the benchmark's own folder", async () => {
    const file = write(join(root, "own", "mine.tsv"), "");
    cases[0].make(() => file, root);
    expect((await openBenchmark(benchmarkNamed("mmbench-dev-en"), file)).questions.length).toBe(2);
    await expect(openBenchmark(benchmarkNamed("vsr"), file)).rejects.toThrow("is no file of VSR");
    const mmvp = cases.find(({ path }) => path === "MMVP/Questions.csv")!;
    mmvp.make((path) => join(root, "own", path), root);
    expect((await openBenchmark(benchmarkNamed("mmvp"), join(root, "own", "MMVP"))).questions.length).toBe(2);
  });

  it("refuses an answer that is no choice, with its row", async () => {
    const file = table(join(root, "bad.tsv"), [{ index: 1, question: "?", ...colours, answer: "D", image: base64() }]);
    await expect(openBenchmark(benchmarkNamed("mmbench-dev-en"), file)).rejects.toThrow(
      'bad.tsv, row 0: the answer "D" is none of the choices A, B. Fetch the file again.',
    );
  });

  it("loses a choice None as VLMEvalKit does, even where it is the answer, or keeps it", async () => {
    const file = table(join(root, "none.tsv"), [{ index: 1, question: "?", ...colours, answer: "C", image: base64() }]);
    const benchmark = benchmarkNamed("mmbench-dev-en");
    const [lost] = (await openBenchmark(benchmark, file)).questions;
    const [kept] = (await openBenchmark(benchmark, file, { keepNone: true })).questions;
    expect([lost.choices, kept.choices]).toEqual([
      { A: "red", B: "teal" },
      { A: "red", B: "teal", C: "None" },
    ]);
    const [protocol] = benchmark.protocols;
    expect((await grade(lost, "<answer>C</answer>", protocol)).accuracy).toBe(0);
    expect((await grade(kept, "<answer>C</answer>", protocol)).accuracy).toBe(1);
  });
});

it("docs/benchmarks.md lists each as it is", () => {
  const page = readFileSync(new URL("../../../../docs/benchmarks.md", import.meta.url), "utf8");
  const code = (text: string) => `\`${text}\``;
  for (const { id, title, size, layouts, protocols, metrics } of benchmarks) {
    const paths = layouts.map(({ path }) => code(path)).join("<br>");
    const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join(", ");
    expect(page).toContain(
      `| ${code(id)} | ${title} | ${size ?? "–"} | ${paths} | ${names(protocols)} | ${names(metrics)} |\n`,
    );
  }
});

it("suggests a near name", () => {
  expect(() => benchmarkNamed("mmbench-dev")).toThrow('Did you mean "mmbench-dev-en"?');
  expect(new Set(benchmarks.map(({ id }) => id)).size).toBe(benchmarks.length);
  for (const { protocols } of benchmarks)
    expect(new Set(protocols.map(({ name }) => name)).size).toBe(protocols.length);
});
