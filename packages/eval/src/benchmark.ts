import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { UserError, unknownName } from "@ssl4rl/core";
import type { Metric } from "./metric.js";
import type { EvalProtocol } from "./protocol.js";
import type { Question } from "./question.js";
import { findFiles } from "./read/find-files.js";
import type { Settings } from "./run/item-file.js";

/** One form in which a benchmark is published. */
export interface Layout {
  /** Where its file lies below a folder of benchmarks, `/` between the parts; `*` in a part stands for anything. */
  readonly path: string;
  /** Who publishes it, and where. */
  readonly from: string;
  read(files: readonly string[], options: ReadOptions): Promise<Contents>;
}

export interface ReadOptions {
  /** Keeps choices like "None" and "NA", which VLMEvalKit loses as pandas takes them for missing cells. */
  readonly keepNone?: boolean;
}

export interface Contents {
  readonly questions: readonly Question[];
  /** What the file has and cannot be asked, each with its reason. */
  readonly skipped: readonly { readonly where: string; readonly reason: string }[];
}

/** A published benchmark: what differs between them is data. */
export interface Benchmark {
  readonly id: string;
  readonly title: string;
  /** What a question shows: one picture, some with several, or none. */
  readonly modality: "one image" | "several images" | "text";
  /** How many questions the published file has; null where its project does not say. */
  readonly size: number | null;
  /** None where the questions are not read but made. */
  readonly layouts: readonly Layout[];
  /** The first is the default. */
  readonly protocols: readonly EvalProtocol[];
  /** The first is the headline. */
  readonly metrics: readonly Metric[];
  /** The label whose commonest value is what a constant answer would be: the majority baseline. */
  readonly majority?: string;
  /** What a judge decides upstream and rules decide here. */
  readonly judge?: string;
}

/** A benchmark with its questions. Their pictures are read when they are asked for. */
export interface OpenBenchmark extends Contents {
  readonly benchmark: Benchmark;
  /** Where its questions come from. */
  readonly files: readonly string[];
  /** What its questions depend on, where they are made: questions of other settings are other questions. */
  readonly settings?: Settings;
}

/**
 * Reads a benchmark from the files that its project publishes. `path` is a folder that has them, or the file itself. Throws a
 * UserError that names the expected files and their publishers where there are none.
 */
export async function openBenchmark(
  benchmark: Benchmark,
  path: string,
  options: ReadOptions = {},
): Promise<OpenBenchmark> {
  const { layout, files } = await locate(benchmark, path);
  const contents = await layout.read(files, options);
  if (contents.questions.length === 0) {
    throw new UserError(
      `${files.join(", ")} has no questions of ${benchmark.title}. Fetch it again from ${layout.from}.`,
    );
  }
  return { benchmark, files, ...contents };
}

async function locate(benchmark: Benchmark, path: string): Promise<{ layout: Layout; files: readonly string[] }> {
  const info = await stat(path).catch(() => null);
  if (info?.isFile()) {
    const layout = benchmark.layouts.find((each) => extension(each.path) === extension(path));
    if (layout) return { layout, files: [path] };
    throw new UserError(`${path} is no file of ${benchmark.title}. ${expected(benchmark)}`);
  }
  for (const layout of benchmark.layouts) {
    // A folder of many benchmarks, or the benchmark's own.
    for (const folder of [path, dirname(path)]) {
      if (folder !== path && layout.path.split("/")[0] !== basename(path)) continue;
      const files = await findFiles(folder, layout.path);
      if (files.length > 0) return { layout, files };
    }
  }
  throw new UserError(`${benchmark.title} is not in ${path}. ${expected(benchmark)}`);
}

const extension = (path: string) => path.slice(path.lastIndexOf(".")).toLowerCase();

function expected({ layouts }: Benchmark): string {
  return `Expected there: ${layouts.map(({ path, from }) => `${path} (${from})`).join(", or ")}.`;
}

export function protocolNamed(benchmark: Benchmark, name?: string): EvalProtocol {
  const found = name === undefined ? benchmark.protocols[0] : benchmark.protocols.find((each) => each.name === name);
  if (found) return found;
  throw unknownName(
    `protocol of ${benchmark.id}`,
    name!,
    benchmark.protocols.map((each) => each.name),
  );
}
