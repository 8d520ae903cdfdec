import { tasksOf } from "../ssl-bench/open-ssl-bench.js";
import { ROWS_PER_COLUMN, ssl4rlBench } from "../ssl-bench/ssl-bench.js";
import type { TableDefinition } from "./definition.js";

const tasks = ["Rotation", "Jigsaw", "Contrastive", "Position"];
const codes = ssl4rlBench.columns.map(({ code }) => code);
const chances = tasksOf(ssl4rlBench, 336).map(({ answers }) => 100 / answers.size);

/** SSL4RL's own tasks at every difficulty of its ablations. The paper tells what training does to benchmarks, not to these. */
export const ssl4rlBenchTable: TableDefinition = {
  id: "ssl4rl-bench",
  title: "Self-supervised tasks of SSL4RL at every difficulty",
  leaves: codes.map((code, i) => ({
    code,
    benchmark: ssl4rlBench.id,
    where: { label: "column", is: code },
    counting: { of: "rows" },
    n: ROWS_PER_COLUMN,
    chance: chances[i],
  })),
  columns: [
    ...codes.map((code) => {
      const [task, level] = code.split("-");
      const group = tasks.find((name) => name.toLowerCase() === task)!;
      const label = task === "rotation" ? `${level}°` : level;
      return { code, label, group, rule: { by: "leaf", of: [code] } } as const;
    }),
    { code: "Avg", label: "Avg", rule: { by: "mean", of: codes, rounding: "round" } },
  ],
  blocks: [{ rows: ["Qwen2.5-VL-3B", ...tasks, "Combination"] }],
  gains: "each run",
  leafRounding: "round",
  remarks: ["No table of the paper: it tells what training on these tasks does to other benchmarks."],
};
