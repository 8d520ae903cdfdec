import { worldQuestions } from "../benchmarks/world-questions.js";
import type { Column, Leaf, TableDefinition } from "./definition.js";

/** By MMBench's groups: code, `category`. Three categories are the world's own. */
const groups = {
  Logical: { SIU: "structuralized_imagetext_understanding", FP: "future_prediction" },
  Relation: { NR: "nature_relation", PR: "physical_relation", SoR: "social_relation" },
  Attribute: { IR: "identity_reasoning", PPR: "physical_property_reasoning", FR: "function_reasoning" },
  Coarse: {
    ISc: "image_scene",
    IQ: "image_quality",
    IT: "image_topic",
    ISt: "image_style",
    IE: "image_emotion",
    IW: "image_weather",
  },
  "Cross-Inst.": { SpR: "spatial_relationship", Ace: "action_recognition", AC: "attribute_comparison" },
  "Single-Inst.": {
    OL: "object_localization",
    AtR: "attribute_recognition",
    OCR: "ocr",
    OC: "object_counting",
    OE: "object_existence",
  },
} satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

const leaves = Object.values(groups).flatMap((categories) =>
  Object.entries(categories).map(
    ([code, is]): Leaf => ({
      code,
      benchmark: worldQuestions.id,
      where: { label: "category", is },
      counting: { of: "rows" },
    }),
  ),
);
const codes = leaves.map(({ code }) => code);
const average: Column = { code: "Average", label: "Average", rule: { by: "units", of: codes, rounding: "round" } };

const common = {
  leaves,
  blocks: [{ rows: ["tiny-vl"] }],
  gains: "best of block",
  leafRounding: "round",
  remarks: [
    "Pictures and questions are of the procedural world: no paper has them. Every row counts by itself, in its group and in all.",
  ],
} as const satisfies Partial<TableDefinition>;

/** The columns of SSL4RL's Tables 1 and 6, of questions about the world. */
export const worldTables: readonly TableDefinition[] = [
  {
    ...common,
    id: "world-groups",
    title: "Questions about the world, by group (as SSL4RL, Table 1)",
    columns: [
      ...Object.entries(groups).map(
        ([label, categories]): Column => ({
          code: label,
          label,
          rule: { by: "units", of: Object.keys(categories), rounding: "round" },
        }),
      ),
      average,
    ],
  },
  {
    ...common,
    id: "world-categories",
    title: "Questions about the world, by category (as SSL4RL, Table 6)",
    columns: [
      ...Object.entries(groups).flatMap(([group, categories]) =>
        Object.keys(categories).map((code): Column => ({ code, label: code, group, rule: { by: "leaf", of: [code] } })),
      ),
      average,
    ],
  },
];
