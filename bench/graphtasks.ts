// Rows per second of CPU time for every graph task at its defaults, one thread, on graphs from files.
//   npm run bench -- graphtasks DIR... [--rows N]
// What a task makes once for a graph (its index of texts, its nodes by degree) falls into the warming up.

import { parseArgs } from "node:util";
import { graphNodes, isSkip, pose, type Task, thinkAnswer } from "@ssl4rl/core";
import { openGraph } from "@ssl4rl/data";
import { registry } from "@ssl4rl/tasks";

const WARM_UP = 50;

export default async function bench(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { rows: { type: "string", default: "500" } },
  });
  for (const path of positionals) {
    const opened = performance.now();
    const graph = await openGraph(path, { cache: null });
    const seconds = ((performance.now() - opened) / 1000).toFixed(1);
    console.log(`${graph.name}: ${graph.nodes} nodes, ${graph.edges} edges, read in ${seconds} s`);
    const nodes = graphNodes(graph);
    const rows: Record<string, unknown> = {};
    for (const factory of registry) {
      const task = factory.create();
      if (task.needs === "graph") rows[factory.name] = await measure(nodes, task, Number(values.rows));
    }
    console.table(rows);
  }
}

async function measure(nodes: ReturnType<typeof graphNodes>, task: Task, rows: number): Promise<unknown> {
  let [made, characters, skipped] = [0, 0, 0];
  let before = process.cpuUsage();
  for (let i = -WARM_UP; made < rows && skipped < 20 * rows; i++) {
    if (i === 0) {
      [made, characters, skipped] = [0, 0, 0];
      before = process.cpuUsage();
    }
    // A stride through all nodes: neighbouring numbers are often alike.
    const node = await nodes.get(((i + WARM_UP) * 7919) % nodes.length);
    if (isSkip(node)) continue;
    const problem = pose(node, task as Task<unknown, typeof node>, thinkAnswer, i & 1, i);
    if (isSkip(problem)) skipped++;
    else {
      made++;
      characters += problem.prompt.length;
    }
  }
  const { user, system } = process.cpuUsage(before);
  return {
    "rows/s": Math.round((made / (user + system)) * 1e6),
    skipped: Number((skipped / (made + skipped)).toFixed(2)),
    characters: Math.round(characters / made),
  };
}
