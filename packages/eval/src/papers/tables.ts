import { unknownName } from "@ssl4rl/core";
import type { TableDefinition } from "./definition.js";
import { mmbenchTables } from "./mmbench.js";
import { sslR1Tables } from "./ssl-r1.js";
import { ssl4rlTables } from "./ssl4rl.js";
import { ssl4rlBenchTable } from "./ssl4rl-bench.js";
import { worldTables } from "./world-questions.js";

/** Every table there is: those of both papers, MMBench's own, SSL4RL's tasks, and the world's questions. */
export const tables: readonly TableDefinition[] = [
  ...ssl4rlTables,
  ...sslR1Tables,
  ...mmbenchTables,
  ssl4rlBenchTable,
  ...worldTables,
];

/** The table of this name, `ssl4rl-1` say; an unknown name is a UserError with the nearest one. */
export function tableNamed(id: string): TableDefinition {
  const found = tables.find((table) => table.id === id);
  if (!found) {
    throw unknownName(
      "table",
      id,
      tables.map((table) => table.id),
    );
  }
  return found;
}
