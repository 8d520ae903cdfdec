import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { usableCores } from "./cores.js";
import { native, onLoad } from "./native.js";

/** Threads one operator may use. */
export function setThreads(count: number): void {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`setThreads(): needs 1 or more, got ${count}`);
  const { buffer, threads } = native();
  buffer[0] = count;
  threads();
}

export function getThreads(): number {
  const { buffer, threads } = native();
  buffer[0] = 0;
  threads();
  return buffer[0];
}

onLoad((engine) => {
  engine.buffer[0] = process.env.OMP_NUM_THREADS ? 0 : usableCores();
  engine.threads();
});

/** Tensors made and not yet freed, gradients that were read included. */
export function liveTensors(): number {
  const { buffer, live } = native();
  live();
  return buffer[0];
}

/** For example "1.13.1". */
export function libtorchVersion(): string {
  return native().describe().split("\n")[0];
}

/** Where the libtorch lies that the addon was built against, and how the setup step found it: "the system", ... */
export function libtorchOrigin(): { readonly folder: string; readonly origin: string } {
  const info = fileURLToPath(new URL("../build/info.json", import.meta.url));
  const { libtorch, origin } = JSON.parse(readFileSync(info, "utf8")) as { libtorch: string; origin: string };
  return { folder: libtorch, origin };
}

/** How this libtorch was built: compiler, BLAS, instruction sets. */
export function libtorchConfig(): string {
  return native().describe().split("\n").slice(2).join("\n");
}

/** Whether device "cuda" can be used. */
export function cudaAvailable(): boolean {
  return native().describe().split("\n")[1] === "1";
}
