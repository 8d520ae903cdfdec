import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { blasCore } from "./blas-core.js";

/** The native addon. Everything but strings, seeds and bytes goes through `buffer`; native/*.cc says what lies where. */
export interface Native {
  readonly buffer: Float64Array;
  lookup(name: string): string;
  intern(text: string): void;
  call(): void;
  meta(): void;
  release(): void;
  live(): void;
  fromBytes(bytes: ArrayBufferView): void;
  toBytes(bytes: ArrayBufferView): void;
  mapFile(path: string): void;
  mapTensor(): void;
  unmapFile(): void;
  differentiate(): void;
  gradient(): void;
  setGradient(): void;
  setGradMode(): void;
  generator(seed: bigint, device: string): void;
  generatorState(): void;
  setGeneratorState(): void;
  freeGenerator(): void;
  seedAll(seed: bigint): void;
  threads(): void;
  describe(): string;
}

let loaded: Native | undefined;
const preparations: ((native: Native) => void)[] = [];

/** Runs `prepare` once, when the addon is loaded: what must be set before the first operator. */
export function onLoad(prepare: (native: Native) => void): void {
  preparations.push(prepare);
}

/** The addon, loaded at its first use and not before: importing this package works without libtorch. */
export function native(): Native {
  return loaded ?? load();
}

function load(): Native {
  // The same path from src (tests) and dist.
  const path = fileURLToPath(new URL("../build/torch.node", import.meta.url));
  if (!existsSync(path)) {
    throw new Error(`The tensor engine is not built: there is no ${path}. Run: npm run setup`);
  }
  // Idle OpenMP threads sleep instead of spinning. On a busy machine spinning threads take the cores from the one that
  // works: steps became five to ten times slower. Read once, when libgomp is loaded with the addon.
  process.env.OMP_WAIT_POLICY ??= "PASSIVE";
  const cpuinfo = "/proc/cpuinfo";
  const core = existsSync(cpuinfo) ? blasCore(readFileSync(cpuinfo, "utf8")) : null;
  if (core) process.env.OPENBLAS_CORETYPE ??= core;
  try {
    loaded = createRequire(import.meta.url)(path) as Native;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The tensor engine cannot be loaded: ${why}. The libtorch it was built against moved or changed. Run: npm run setup`,
    );
  }
  for (const prepare of preparations) prepare(loaded);
  return loaded;
}
