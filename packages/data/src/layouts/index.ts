import { unknownName } from "@ssl4rl/core";
import { easyr1 } from "./easyr1.js";
import { jsonl } from "./jsonl.js";
import type { Layout } from "./layout.js";
import { swift } from "./swift.js";
import { trl } from "./trl.js";
import { verl } from "./verl.js";

export type { Layout } from "./layout.js";

export const layouts: readonly Layout[] = [verl, trl, easyr1, swift, jsonl];

export function layoutNamed(name: string): Layout {
  const layout = layouts.find((layout) => layout.name === name);
  if (layout) return layout;
  throw unknownName(
    "layout",
    name,
    layouts.map(({ name }) => name),
  );
}
