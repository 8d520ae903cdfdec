import { unknownName } from "@ssl4rl/core";
import type { Benchmark } from "../benchmark.js";
import { graphBenchmarks } from "../graph-bench/graph-benchmarks.js";
import { sslBenches } from "../ssl-bench/ssl-bench.js";
import { blink } from "./blink.js";
import { cvBench } from "./cv-bench.js";
import { da2k } from "./da-2k.js";
import { emma } from "./emma.js";
import { hrBench4k, hrBench8k } from "./hr-bench.js";
import { imagenetChoice10, imagenetChoice20, imagenetChoice200, imagenetCompletion } from "./imagenet.js";
import { lisaGrounding } from "./lisa-grounding.js";
import { mathverse } from "./mathverse.js";
import { mathvision } from "./mathvision.js";
import { mathvista } from "./mathvista.js";
import { mmbench } from "./mmbench.js";
import { mmeRealWorldLite } from "./mme-realworld.js";
import { mmmu } from "./mmmu.js";
import { mmstar } from "./mmstar.js";
import { mmvp, mmvpCorrected } from "./mmvp.js";
import { omnispatial } from "./omnispatial.js";
import { ovdEval } from "./ovd-eval.js";
import { pope } from "./pope.js";
import { realworldqa } from "./realworldqa.js";
import { refcocoPlusTestB, refcocoTestB } from "./refcoco.js";
import { seedbench } from "./seedbench.js";
import { sugarcrepe, sugarcrepePp } from "./sugarcrepe.js";
import { viewspatial } from "./viewspatial.js";
import { vsr, vsrAll } from "./vsr.js";
import { vstar } from "./vstar.js";
import { winoground } from "./winoground.js";
import { worldQuestions } from "./world-questions.js";

/** Benchmarks that are read from published files: SSL4RL's, then SSL-R1's in the order of its tables, then others with pictures to try things on, then graphs. */
export const benchmarks: readonly Benchmark[] = [
  mmbench,
  seedbench,
  imagenetCompletion,
  imagenetChoice10,
  imagenetChoice20,
  imagenetChoice200,
  mmvp,
  mmvpCorrected,
  mmstar,
  hrBench4k,
  hrBench8k,
  vstar,
  mmeRealWorldLite,
  lisaGrounding,
  ovdEval,
  vsr,
  omnispatial,
  da2k,
  winoground,
  sugarcrepePp,
  mathvista,
  mathvision,
  mathverse,
  mmmu,
  emma,
  realworldqa,
  blink,
  cvBench,
  viewspatial,
  vsrAll,
  sugarcrepe,
  pope,
  refcocoTestB,
  refcocoPlusTestB,
  ...graphBenchmarks,
];

/** The benchmark with this id, read or made. Throws a UserError that suggests a near one. */
export function benchmarkNamed(id: string): Benchmark {
  const all = [...benchmarks, worldQuestions, ...sslBenches];
  const found = all.find((benchmark) => benchmark.id === id);
  if (found) return found;
  throw unknownName(
    "benchmark",
    id,
    all.map((benchmark) => benchmark.id),
  );
}
