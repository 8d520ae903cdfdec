import type { Column, Leaf } from "./definition.js";

/** Code, `category`, rows: 14,232 in all. */
const categories = [
  ["TU", "text understanding", 84],
  ["VR", "visual reasoning", 331],
  ["SU", "scene understanding", 3158],
  ["IId", "instance identity", 1831],
  ["IIn", "instance interaction", 97],
  ["IA", "instance attributes", 4649],
  ["IL", "instance location", 978],
  ["SR", "spatial relation", 657],
  ["IC", "instances counting", 2447],
] as const;

export const seedBenchLeaves: readonly Leaf[] = categories.map(([code, is, n]) => ({
  code,
  benchmark: "seedbench-image",
  where: { label: "category", is },
  counting: { of: "rows" },
  n,
}));

/** The order of Tables 2 and 8; Table 10 has its own, in which Table 13's rows stand too, under Table 2's header. */
const codes: readonly string[] = categories.map(([code]) => code);
export const seedBenchOrderOfTable10: readonly string[] = ["IC", "IA", "SU", "IId", "IIn", "VR", "IL", "SR", "TU"];

/** `meanRows`: rows whose printed Average is the unweighted mean of the leaves. */
export function seedBenchColumns({
  order = codes,
  meanRows = [],
}: {
  order?: readonly string[];
  meanRows?: readonly string[];
} = {}): Column[] {
  const ofAllRows = { by: "units", of: codes, rounding: "round" } as const;
  return [
    ...order.map((code): Column => ({ code, label: code, rule: { by: "leaf", of: [code] } })),
    {
      code: "Average",
      label: "Average",
      rule: ofAllRows,
      printed: [
        { rule: { ...ofAllRows, rounding: "truncate" } },
        { rule: { by: "mean", of: codes, rounding: "round" }, rows: meanRows },
      ],
    },
  ];
}
