import { tmpdir } from "node:os";
import { basename, resolve } from "node:path";
import { protocols, type Source } from "@ssl4rl/core";
import { decoded, openStored, splitByContent } from "@ssl4rl/data";
import {
  type Benchmark,
  type OpenBenchmark,
  openBenchmark,
  openSslBench,
  type Question,
  ROWS_PER_COLUMN,
  type SslBench,
  sslBenches,
  tasksOf,
  worldQuestions,
} from "@ssl4rl/eval";
import { evenArms, ProblemStream } from "@ssl4rl/trainer";
import { mmbenchPicture, mmbenchQuestions, worldSource } from "@ssl4rl/world";
import { pictureLimits, worldSide } from "./sources.js";

/** Where questions come from. */
export interface QuestionSources {
  /** Files of published benchmarks. */
  readonly data: string;
  /** Pictures that self-supervised benches are made of: a folder, an archive, a table, or `world`. */
  readonly images: string;
  /** Only this share of them, which training with `heldOut` of the same share has not seen. */
  readonly heldOut?: number;
  /** Side in pixels of pictures that are made. */
  readonly size: number;
  /** More questions will not be asked, and need not be made. */
  readonly limit?: number;
}

/** Whether a benchmark is made of pictures, rather than read. */
export function isSslBench(benchmark: Benchmark): benchmark is SslBench {
  return sslBenches.some(({ id }) => id === benchmark.id);
}

/** Reads or makes the questions of a benchmark. */
export async function openAny(benchmark: Benchmark, sources: QuestionSources): Promise<OpenBenchmark> {
  if (isSslBench(benchmark)) return openSsl(benchmark, sources);
  return benchmark === worldQuestions ? openWorldQuestions(sources) : openBenchmark(benchmark, sources.data);
}

async function openSsl(bench: SslBench, sources: QuestionSources): Promise<OpenBenchmark> {
  const { size } = sources;
  const pictures = await openImages(sources);
  // The protocol is no part of a question: each words the same one.
  const stream = new ProblemStream(() => pictures, evenArms(tasksOf(bench, size)), protocols[0], 0);
  const { heldOut = 1 } = sources;
  const open = await openSslBench(
    bench,
    { name: pictures.name, length: pictures.length, size },
    {
      target: (arm, turn) => stream.target({ arm, turn }),
      pose: (arm, turn) => stream.pose({ arm, turn }),
    },
  );
  const images = sources.images === "world" ? "world" : basename(resolve(sources.images));
  return {
    ...open,
    settings: { ...open.settings, images, heldOut },
    get skipped() {
      return [...stream.skipped.values()].map(({ picture, task, reason }) => ({
        where: `${picture}, for ${task}`,
        reason,
      }));
    },
  };
}

async function openImages({ images, heldOut, size }: QuestionSources): Promise<Source> {
  if (images === "world") {
    return worldSource({ seed: "held-out", length: ROWS_PER_COLUMN, size: worldSide({ size }) });
  }
  const source = decoded(await openStored(images, { spool: tmpdir() }), pictureLimits({ size }));
  return heldOut === undefined ? source : (await splitByContent(source, heldOut)).heldOut;
}

/** As many questions as MMBench has. */
const WORLD = { seed: "questions", questions: 1164, circular: true };

function openWorldQuestions({ size, limit = WORLD.questions }: QuestionSources): OpenBenchmark {
  const letters = "ABCD";
  const questions = Array.from(
    mmbenchQuestions({ ...WORLD, questions: Math.min(WORLD.questions, limit) }),
    ({ index, picture, question }): Question => ({
      id: `${index}`,
      text: question.question,
      choices: Object.fromEntries(question.options.map((text, i) => [letters[i], text])),
      target: { kind: "letter", letter: letters[question.answer] },
      group: `${index % 1_000_000}`,
      labels: { category: question.category, "l2-category": question.group },
      images: [{ name: `picture ${picture}`, bytes: async () => mmbenchPicture({ seed: WORLD.seed, size }, picture) }],
    }),
  );
  return { benchmark: worldQuestions, files: ["the procedural world"], questions, skipped: [], settings: { size } };
}
