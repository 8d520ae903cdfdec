/**
 * Every task on graphs, on every graph of a folder: `npm run bench -- graphleaks DIR [ROWS] [TASK...]`.
 *
 * Poses ROWS questions a task (10,000) and prints, for each graph: the share of nodes passed over with the commonest reasons, the
 * mean length of prompts, and what `findLeaks` finds, which must be nothing. Then the audit's probes on
 * the first 2,000 of them. Ends with 1 when anything leaks.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Graph,
  type GraphNode,
  graphNodes,
  type Problem,
  type Skip,
  type Source,
  type Task,
  thinkAnswer,
  UserError,
} from "@ssl4rl/core";
import { type AuditRow, audit, openGraph } from "@ssl4rl/data";
import { findLeaks, registry } from "@ssl4rl/tasks";
import { evenArms, ProblemStream } from "@ssl4rl/trainer";

const AUDITED = 2000;

export default async function bench(): Promise<void> {
  const [folder, ...words] = process.argv.slice(3);
  if (!folder) throw new Error("Which graphs? npm run bench -- graphleaks DIR [ROWS] [TASK...]");
  const rows = Number(words.find((word) => /^\d+$/.test(word)) ?? 10_000);
  const names = words.filter((word) => !/^\d+$/.test(word));
  const tasks = registry
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .map((factory) => factory.create())
    .filter(({ needs }) => needs === "graph");
  let leaky = 0;
  for (const graph of await graphsOf(folder)) {
    console.log(`\n${graph.name}: ${graph.nodes} nodes, ${graph.edges} edges`);
    for (const task of tasks) leaky += await measure(graph, task, rows);
  }
  process.exitCode = leaky > 0 ? 1 : 0;
}

/** The graph of a folder, or all those of the folders in it. */
async function graphsOf(path: string): Promise<Graph[]> {
  const open = (one: string) =>
    openGraph(one).catch((error) => {
      if (!(error instanceof UserError)) throw error;
      return null;
    });
  const own = await open(path);
  if (own) return [own];
  const folders = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const graphs = await Promise.all(folders.map(({ name }) => open(join(path, name))));
  return graphs.filter((graph) => graph !== null);
}

/** Prints what was found of a task on a graph; gives the number of kinds of leaks. */
async function measure(graph: Graph, task: Task, rows: number): Promise<number> {
  let leaky = 0;
  const nodes = graphNodes(graph);
  const reasons = new Map<string, number>();
  let asked = 0;
  const counted: Source<GraphNode> = {
    ...nodes,
    get(index) {
      asked++;
      return nodes.get(index) as Promise<GraphNode | Skip>;
    },
  };
  const stream = new ProblemStream(() => counted, evenArms([task]), thinkAnswer, 1);
  const found = new Map<string, number>();
  const kept: AuditRow[] = [];
  let characters = 0;
  for (let i = 0; i < rows; i++) {
    let problem: Problem;
    try {
      problem = await stream.get(i);
    } catch (error) {
      if (!(error instanceof UserError) || i > 0) throw error;
      console.log(`  ${task.id.padEnd(22)} ${error.message}`);
      return 0;
    }
    characters += problem.prompt.length;
    for (const leak of findLeaks(graph, problem)) found.set(leak, (found.get(leak) ?? 0) + 1);
    if (i < AUDITED) {
      const { prompt, answers, target, picture } = problem;
      const row = { task: task.id, split: "all", source: picture, target, where: `${task.id} ${i}`, pictures: [] };
      kept.push({ ...row, words: { prompt, answer: answers.spec } });
    }
  }
  for (const { reason } of stream.skipped.values()) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const top = [...reasons].sort(([, a], [, b]) => b - a).slice(0, 2);
  const passed = `${(100 * (1 - rows / asked)).toFixed(0)}% passed over${top.map(([reason, n]) => `; ${n} nodes: ${reason}`).join("")}`;
  const leaks = found.size === 0 ? "no leak" : [...found].map(([leak, n]) => `LEAK ${n} x ${leak}`).join(", ");
  leaky += found.size;
  console.log(
    `  ${task.id.padEnd(22)} ${String(rows).padStart(6)} rows, ${Math.round(characters / rows)} characters; ${leaks}; ${passed}`,
  );
  const report = await audit(each(kept));
  for (const { probe, accuracy, chance, leak, trials } of report.findings) {
    const excess = 100 * (accuracy - chance);
    if (leak) leaky++;
    console.log(
      `    ${probe.padEnd(20)} ${(100 * accuracy).toFixed(1).padStart(5)}%, chance ${(100 * chance).toFixed(1).padStart(5)}%, ` +
        `${excess >= 0 ? "+" : ""}${excess.toFixed(1)} (${trials})${leak ? "  LEAK" : ""}`,
    );
  }
  return leaky;
}

async function* each(list: readonly AuditRow[]): AsyncGenerator<AuditRow> {
  yield* list;
}
