import type { Column, Counting, Leaf, Rule, TableDefinition } from "./definition.js";

/** Code, `category`, rows of the circular file (4329 in all), questions (1164). */
const categories = [
  ["IR", "identity_reasoning", 176, 45],
  ["PPR", "physical_property_reasoning", 219, 75],
  ["FR", "function_reasoning", 304, 79],
  ["OL", "object_localization", 315, 81],
  ["SIU", "structuralized_imagetext_understanding", 282, 78],
  ["AtR", "attribute_recognition", 264, 74],
  ["FP", "future_prediction", 130, 40],
  ["SpR", "spatial_relationship", 177, 45],
  ["ISc", "image_scene", 407, 104],
  ["IQ", "image_quality", 150, 53],
  ["Ace", "action_recognition", 215, 54],
  ["AC", "attribute_comparison", 141, 44],
  ["IT", "image_topic", 140, 36],
  ["NR", "nature_relation", 179, 48],
  ["PR", "physical_relation", 94, 24],
  ["SoR", "social_relation", 172, 43],
  ["CR", "celebrity_recognition", 396, 99],
  ["ISt", "image_style", 212, 53],
  ["OCR", "ocr", 156, 39],
  ["IE", "image_emotion", 200, 50],
] as const;

function leaves(counting: Counting): Leaf[] {
  return categories.map(([code, is, rows, questions]) => ({
    code,
    benchmark: "mmbench-dev-en",
    where: { label: "category", is },
    counting,
    n: counting.of === "rows" ? rows : questions,
  }));
}

/** MMBench DEV-EN as SSL4RL counts it: every row of the circular file by itself. */
export const mmbenchLeaves: readonly Leaf[] = leaves({ of: "rows" });

const codes = categories.map(([code]) => code);

const ofAllRows = { by: "units", of: codes, rounding: "round" } as const;
const average: Column = {
  code: "Average",
  label: "Average",
  rule: ofAllRows,
  printed: [{ rule: { ...ofAllRows, rounding: "truncate" } }],
};

/** The printed Average of these rows is the unweighted mean of the leaves, in a table whose other rows count rows. */
export function averageWithMeanIn(...rows: string[]): Column {
  return {
    ...average,
    printed: [...average.printed!, { rule: { by: "mean", of: codes, rounding: "round" }, rows }],
  };
}

const groups = {
  Logical: ["SIU", "FP"],
  Relation: ["NR", "PR", "SoR"],
  Attribute: ["IR", "PPR", "FR"],
  Coarse: ["ISc", "IQ", "IT", "ISt", "IE"],
  "Cross-Inst.": ["SpR", "Ace", "AC"],
  "Single-Inst.": ["OL", "AtR", "CR", "OCR"],
};

function groupColumns(by: "mean" | "units"): Column[] {
  return Object.entries(groups).map(([label, of]) => ({ code: label, label, rule: { by, of, rounding: "round" } }));
}

/** Relation in Tables 1 and 3: Nature Relation is left out and Social Relation counted twice. */
const printedRelation: Rule = { by: "mean", of: ["PR", "SoR", "SoR"], rounding: "round" };

/** Tables 1 and 3: unweighted means of categories. */
export const mmbenchGroupColumns: readonly Column[] = [
  ...groupColumns("mean").map((column) =>
    column.code === "Relation" ? { ...column, printed: [{ rule: printedRelation }] } : column,
  ),
  average,
];

/** Tables 6, 7, 9 and 11: one column a category. Three of them print SpR and SoR both as SR, ISc and ISt both as IS. */
export function mmbenchLeafColumns(last: Column = average): Column[] {
  return [...codes.map((code): Column => ({ code, label: code, rule: { by: "leaf", of: [code] } })), last];
}

/** MMBench DEV-EN as its own project reports it: shares of questions, groups weighted by their questions. */
export const mmbenchTables: readonly TableDefinition[] = (
  [
    ["mmbench-circular", "CircularEval: right in every turn of its options", { of: "groups" }],
    ["mmbench-vanilla", "each question once, options as written", { of: "first of group" }],
  ] as const
).map(([id, words, counting]) => ({
  id,
  title: `MMBench DEV-EN, ${words}`,
  leaves: leaves(counting),
  columns: [...groupColumns("units"), { code: "Overall", label: "Overall", rule: ofAllRows }],
  blocks: [{ rows: [] }],
  gains: "each run",
  leafRounding: "round",
  remarks: [],
}));
