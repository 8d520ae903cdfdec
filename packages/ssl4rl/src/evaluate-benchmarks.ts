import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { refusal } from "@ssl4rl/data";
import {
  AnswerCache,
  type Answerer,
  benchmarkNamed,
  type EvalProtocol,
  type Generation,
  type LimitFlags,
  type Limits,
  limitsOf,
  type OpenBenchmark,
  protocolNamed,
  qwenLimits,
  runBenchmark,
  type Scores,
} from "@ssl4rl/eval";
import { lockRun } from "@ssl4rl/trainer";
import { openAny, type QuestionSources } from "./open-benchmarks.js";
import { duration, type Progress } from "./progress.js";

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

export interface BenchmarkFlags extends QuestionSources, LimitFlags {
  readonly bench: readonly string[];
  readonly protocol?: string;
  readonly out: string;
  readonly limit?: number;
  readonly retryFailed?: boolean;
  readonly json?: boolean;
}

/** Asks a model the questions of benchmarks, one after the other, and writes all to `--out`. Goes on where it was stopped. */
export async function evaluateBenchmarks(
  flags: BenchmarkFlags,
  openModel: () => Promise<Answerer>,
  progress: Progress,
): Promise<void> {
  const { out, limit, retryFailed } = flags;
  const wanted = flags.bench.map((id) => {
    const benchmark = benchmarkNamed(id);
    return { benchmark, protocol: protocolNamed(benchmark, flags.protocol) };
  });
  // Files that are missing are told before a model is loaded.
  const sets = [];
  for (const { benchmark, protocol } of wanted) {
    progress.update(`Opening ${benchmark.title}`);
    sets.push({ open: await openAny(benchmark, flags), protocol });
  }
  const answerer = await openModel();
  takeFolder(out);
  const answers = new AnswerCache(join(out, "answers.jsonl"));
  const stop = new AbortController();
  const interrupt = () => {
    progress.say("Stopping when the calls under way are ended (Ctrl-C again: at once)");
    process.once("SIGINT", () => process.exit(130));
    stop.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  const all: Record<string, Scores> = {};
  for (const { open, protocol } of sets) {
    const { id, title } = open.benchmark;
    const limits = limitsOf(answerer.ownArea, protocol.generation ?? {}, flags);
    progress.say(`${title}: ${open.questions.length} questions of ${open.files.join(", ")}, asked as ${protocol.name}`);
    for (const line of sayLimits(limits, protocol)) progress.say(line);
    if (boxesAreElsewhere(open, limits)) progress.say(`${id}: ${ELSEWHERE}`);
    // Where questions are made, pictures are passed over as it goes: scores.json lists them.
    if (open.skipped.length > 0 && open.benchmark.layouts.length > 0) {
      const [{ where, reason }] = open.skipped;
      progress.say(`${open.skipped.length} are left out, the first: ${where}: ${reason}`);
    }
    const started = performance.now();
    let first: number | null = null;
    const scores = await runBenchmark(open, {
      protocol,
      answerer,
      limits,
      answers,
      out,
      limit,
      retryFailed,
      versions: { ssl4rl: version, node: process.version },
      signal: stop.signal,
      progress({ done, failed, total }) {
        first ??= done;
        const seconds = (performance.now() - started) / 1000;
        const left = done > first ? `, ${duration((seconds / (done - first)) * (total - done))} left` : "";
        progress.update(`${id}: ${done} of ${total} questions, ${failed} failed${left}`);
      },
    });
    if (!scores) {
      progress.say("Stopped. The same command goes on from here.");
      process.exitCode = 130;
      return;
    }
    for (const line of describe(scores)) progress.say(line);
    if (open.benchmark.layouts.length === 0 && scores.skipped.length > 0) {
      progress.say(`${id}  ${scores.skipped.length} times another picture was taken: reasons in scores.json`);
    }
    all[id] = scores;
  }
  if (flags.json) console.log(JSON.stringify({ out, benchmarks: all }));
}

const ELSEWHERE =
  `boxes are read as if pictures had Qwen2.5-VL's own sizes, ${qwenLimits.minPixels} to ${qwenLimits.maxPixels} pixels; ` +
  "this model sees them at others, so its boxes are misplaced";

function boxesAreElsewhere({ questions }: OpenBenchmark, { area }: Limits): boolean {
  const boxes = ["box", "detection"].includes(questions[0].target.kind);
  return boxes && area !== null && (area.minPixels !== qwenLimits.minPixels || area.maxPixels !== qwenLimits.maxPixels);
}

/** How long responses may be, and how large pictures are seen. */
function sayLimits({ maxTokens, area }: Limits, { generation }: EvalProtocol): string[] {
  const pixels = ({ minPixels, maxPixels }: Generation) => `${minPixels} to ${maxPixels} pixels`;
  const tokens = `Responses have up to ${maxTokens} tokens`;
  if (area)
    return [
      `${tokens}, pictures are seen at ${pixels(area)}${area.of === "prompt" ? ", all of a prompt together" : ""}`,
    ];
  if (generation?.maxPixels === undefined) return [tokens];
  return [
    `${tokens}. How large pictures are seen is for the server to say: ${pixels(generation)} in this protocol ` +
      `(vLLM: --mm-processor-kwargs; or --min-pixels and --max-pixels here)`,
  ];
}

function takeFolder(out: string): void {
  try {
    mkdirSync(out, { recursive: true });
  } catch (error) {
    throw refusal(out, error, "--out");
  }
  lockRun(out, "--out");
}

/** `mmvp  pairs 54.67 [46.7, 62.4]  chance 25.00  82 of 150`, a line for each metric, and what was not counted. */
function describe({ benchmark, metrics, majority, answered, failed, leftOut, unparsable }: Scores): string[] {
  const percent = (value: number | null) => (value === null ? "–" : (100 * value).toFixed(2));
  return [
    ...metrics.map(({ name, value, low, high, hits, n, chance }) => {
      const interval =
        low === undefined || high === undefined ? "" : ` [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]`;
      const counts = hits === undefined ? "" : `  ${hits} of ${n}`;
      return `${benchmark}  ${name} ${percent(value)}${interval}  chance ${percent(chance)}${counts}`;
    }),
    ...(majority ? [`${benchmark}  always "${majority.answer}" would score ${percent(majority.share)}`] : []),
    `${benchmark}  ${answered} answered, ${percent(unparsable)}% of them not readable; ${failed} calls failed` +
      (leftOut > 0 ? `; ${leftOut} answers left out with them` : "") +
      (failed > 0 ? " (--retry-failed asks them again)" : ""),
  ];
}

/** `a,b` or `a b`: names as --bench takes them, each once. */
export function nameList(text: string, before: readonly string[] = []): string[] {
  const names = text.split(",").filter(Boolean);
  if (names.length === 0) throw new UserError("--bench takes the names of benchmarks: --bench mmvp,mmstar.", 2);
  return [...new Set([...before, ...names])];
}
