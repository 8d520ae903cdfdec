import { UserError } from "@ssl4rl/core";
import { benchmarkNamed, caseTable, compareCases, type OpenBenchmark, readSettings } from "@ssl4rl/eval";
import { openAny } from "../open-benchmarks.js";
import { type CasesOfBenchmark, casePage } from "./case-page.js";
import { printers, readRuns, type TableFlags } from "./evaluation-tables.js";

export interface CaseFlags extends Pick<TableFlags, "label"> {
  /** How many are shown of those won, and of those lost, of each benchmark. */
  readonly cases: number;
  readonly format: string;
  /** Where the benchmarks' files lie, and the pictures that self-supervised questions are made of. */
  readonly data: string;
  readonly images: string;
}

/** Items on which the second of two evaluations differs from the first: in HTML with their pictures, else as a table. */
export async function caseReport(folders: readonly string[], flags: CaseFlags): Promise<string> {
  if (folders.length !== 2) {
    throw new UserError(
      `--cases takes two folders, the base model's and the trained one's; there are ${folders.length}.`,
      2,
    );
  }
  const [base, trained] = readRuns(folders, flags);
  if (flags.format !== "html") {
    return printers[flags.format](
      caseTable(base.label, trained.label, compareCases(base.results, trained.results, flags.cases)),
    );
  }
  const shown: CasesOfBenchmark[] = [];
  for (const id of new Set(base.results.map(({ benchmark }) => benchmark))) {
    const of = (results: typeof base.results) => results.filter(({ benchmark }) => benchmark === id);
    const cases = compareCases(of(base.results), of(trained.results), flags.cases);
    // Benchmarks without a case to show need not be found.
    const some = cases.won.count + cases.lost.count > 0;
    const questions = some ? (await reopen(folders[0], id, flags)).questions : [];
    const byId = new Map(questions.map((question) => [question.id, question]));
    shown.push({ title: benchmarkNamed(id).title, cases, questions: byId });
  }
  return casePage(base.label, trained.label, shown);
}

/** The questions that an evaluation asked. Throws a UserError where the pictures given now are others. */
async function reopen(folder: string, id: string, { data, images }: CaseFlags): Promise<OpenBenchmark> {
  const { heldOut, size, ...asked } = readSettings(folder, id);
  const open = await openAny(benchmarkNamed(id), {
    data,
    images,
    size: Number(size),
    ...(heldOut === undefined || heldOut === 1 ? {} : { heldOut: Number(heldOut) }),
  });
  if (open.settings && (open.settings.first !== asked.first || open.settings.pictures !== asked.pictures)) {
    throw new UserError(
      `${folder} has answers about ${asked.pictures} pictures of ${asked.images}, not about those of ${images}: give --images.`,
    );
  }
  return open;
}
