import type { Column, Counting, Leaf, Rule, TableDefinition } from "./definition.js";

const rows: Counting = { of: "rows" };
/** Pairs, turns, the questions of one example: right only together. */
const groups: Counting = { of: "groups" };

/** Code, benchmark, counting, units, chance, heading. Chance in percent where guessing is defined. */
const visionCentric: readonly (readonly [string, string, Counting, number | undefined, number | undefined, string])[] =
  [
    ["MMVP", "mmvp", groups, 150, 25, "Fine-grained"],
    ["MMStar", "mmstar", { of: "means", label: "l2-category" }, undefined, undefined, "Fine-grained"],
    ["MMBench", "mmbench-dev-en", groups, 1164, undefined, "Fine-grained"],
    ["HR-Bench-8K", "hr-bench-8k", rows, 800, 25, "Fine-grained"],
    ["V*", "vstar", rows, 191, undefined, "Fine-grained"],
    ["MME-RW", "mme-realworld-lite", rows, 1919, 20, "Fine-grained"],
    ["LISA", "lisa-grounding", rows, 1658, undefined, "Fine-grained"],
    ["OVD-Eval", "ovd-eval", { of: "figure" }, undefined, undefined, "Fine-grained"],
    ["VSR", "vsr", rows, 2195, 50, "Spatial"],
    ["OmniSpatial", "omnispatial", rows, 1533, undefined, "Spatial"],
    ["DA-2K", "da-2k", rows, 2068, 50, "Spatial"],
    ["Winoground", "winoground", groups, 400, 6.25, "Compositional"],
    ["SugarCrepe++", "sugarcrepe-pp", groups, 4757, 12.5, "Compositional"],
  ];

const visionCentricLeaves: readonly Leaf[] = visionCentric.map(([code, benchmark, counting, n, chance]) => ({
  code,
  benchmark,
  counting,
  n,
  chance,
  ...(code === "MMStar" ? { where: { label: "category", is: "fine-grained perception" } } : {}),
}));

const leafColumn = (code: string, label = code, group?: string): Column => ({
  code,
  label,
  group,
  rule: { by: "leaf", of: [code] },
});
const mean = (of: readonly string[]): Rule => ({ by: "mean", of, rounding: "round" });
const average = (of: readonly string[]): Column => ({ code: "Avg", label: "Avg", rule: mean(of) });

const visionCentricCodes = visionCentric.map(([code]) => code);
const visionCentricTable = {
  leaves: visionCentricLeaves,
  columns: [
    ...visionCentric.map(([code, , , , , group]) => leafColumn(code, code, group)),
    average(visionCentricCodes),
  ],
  leafRounding: "round",
} as const satisfies Partial<TableDefinition>;

const mixedRounding =
  "The paper rounds some cells and cuts others off: 82 of 150 is 54.67 in one row, 54.66 in another.";
const truePairs =
  "MMVP pairs neighbouring rows as published. The script of the time shuffled the rows first, which paired unrelated questions.";

/** Code, label, task of the heading, chance: sequences count only when they are wholly right. */
const ownTasks: readonly (readonly [string, string, string, number])[] = [
  ["correspondence-4", "4 points", "Correspondence", 100 / 24],
  ["correspondence-6", "6 points", "Correspondence", 100 / 720],
  ["ordering-2x2", "2x2", "Ordering", 100 / 24],
  ["ordering-3x3", "3x3", "Ordering", 100 / 362_880],
  ["rotation-90", "4x90°", "Rotation", 25],
  ["rotation-45", "8x45°", "Rotation", 12.5],
  ["similarity-weak", "weak", "Similarity", 25],
  ["similarity-strong", "strong", "Similarity", 25],
  ["inpainting-25", "25%", "Inpainting", 25],
  ["inpainting-50", "50%", "Inpainting", 25],
];

const reasoning: readonly (readonly [string, string, number])[] = [
  ["MathVista", "mathvista-testmini", 1000],
  ["MathVision", "mathvision-testmini", 304],
  ["MathVerse", "mathverse-testmini", 3940],
  ["MMMU", "mmmu-val", 900],
  ["EMMA", "emma-mini", 400],
];

const base = "Qwen2.5-VL-3B";
const tasks = ["Correspondence", "Ordering", "Rotation", "Similarity", "Inpainting"];

/** The tables of SSL-R1 (arXiv 2604.20705) that hold results. */
export const sslR1Tables: readonly TableDefinition[] = [
  {
    ...visionCentricTable,
    id: "ssl-r1-2",
    title: "Single and several tasks, 3B (SSL-R1, Table 2)",
    blocks: [
      { rows: [base] },
      { label: "Single task", rows: tasks },
      { label: "Several tasks", rows: tasks.slice(1).map((_, i) => `${i + 2} tasks`) },
    ],
    gains: "best of block",
    remarks: [truePairs, mixedRounding, "The gain of Avg is the best Avg's, not the mean of the gains."],
  },
  {
    ...visionCentricTable,
    id: "ssl-r1-3",
    title: "Vision-centric benchmarks (SSL-R1, Table 3)",
    blocks: [{ rows: [base, "SSL-R1-3B"] }],
    gains: "each run",
    remarks: [truePairs, mixedRounding],
  },
  {
    id: "ssl-r1-4",
    title: "Self-supervised tasks: trained on one, asked all (SSL-R1, Table 4)",
    leaves: ownTasks.map(([code, , , chance]) => ({
      code,
      benchmark: "ssl-r1-bench",
      where: { label: "column", is: code },
      counting: rows,
      n: 5000,
      chance,
    })),
    columns: [
      ...ownTasks.map(([code, label, group]) => leafColumn(code, label, group)),
      average(ownTasks.map(([code]) => code)),
    ],
    blocks: [{ rows: [base, ...tasks, "Combined"] }],
    gains: "each run",
    leafRounding: "round",
    remarks: ["The paper states neither the pictures nor the prompts of these questions."],
  },
  {
    id: "ssl-r1-5",
    title: "Reasoning benchmarks (SSL-R1, Table 5)",
    leaves: [
      ...visionCentricLeaves,
      ...reasoning.map(([code, benchmark, n]): Leaf => ({ code, benchmark, counting: rows, n })),
    ],
    columns: [
      { code: "Vision-Centric", label: "Vision-Centric", rule: mean(visionCentricCodes) },
      ...reasoning.map(([code]) => leafColumn(code)),
      average(["Vision-Centric", ...reasoning.map(([code]) => code)]),
    ],
    blocks: [{ rows: [base, "SSL-R1-3B"] }],
    gains: "in brackets",
    leafRounding: "round",
    remarks: [
      "Some printed cells are no counts of the stated sizes: MathVision 36.25, EMMA 29.34, MathVerse 51.00.",
      "The paper does not say which toolkit scored these; here every answer is scored by rule, without a judge.",
    ],
  },
  {
    ...visionCentricTable,
    id: "ssl-r1-6",
    title: "Another model (SSL-R1, Table 6)",
    columns: [average(visionCentricCodes)],
    blocks: [{ rows: ["MiMo-VL-7B-SFT-2508"] }],
    gains: "each run",
    remarks: [truePairs],
  },
];
