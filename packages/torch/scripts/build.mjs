// Compiles native/*.cc against the libtorch of this machine into build/torch.node. Calls the compiler directly, so that
// it needs nothing but c++ and libtorch. Does nothing when neither the sources nor libtorch changed.

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { blasOf, findLibtorch } from "./libtorch.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const native = join(root, "native");
const output = join(root, "build");
const compiler = process.env.CXX ?? "c++";
const run = promisify(execFile);

/** @param {import("./libtorch.mjs").Libtorch} libtorch */
function flagsFor(libtorch) {
  const [major, minor] = libtorch.version.split(".").map(Number);
  // The newest headers are written in C++20, the oldest do not compile as such.
  const standard = major > 2 || (major === 2 && minor >= 9) ? "c++20" : "c++17";
  const nodeHeaders = createRequire(import.meta.url)("node-api-headers").include_dir;
  const compile = [
    "-O2",
    `-std=${standard}`,
    "-fPIC",
    "-Wall",
    `-D_GLIBCXX_USE_CXX11_ABI=${libtorch.cxx11Abi ? 1 : 0}`,
    // libtorch's own warnings are not ours to mend.
    ...[nodeHeaders, ...libtorch.includes].map((path) => `-isystem${path}`),
  ];
  const link = ["-shared", `-L${libtorch.lib}`, `-Wl,-rpath,${libtorch.lib}`, "-ltorch_cpu", "-lc10", "-ldl"];
  // at::parallel_for is made of pragmas, and called where matrix products come from OpenBLAS (native/bmm.cc).
  if (blasOf(libtorch)) for (const flags of [compile, link]) flags.push("-fopenmp");
  // Nothing here calls the CUDA half by name; it must still be loaded, to register its kernels.
  if (libtorch.cuda) link.push("-Wl,--no-as-needed", "-ltorch_cuda", "-lc10_cuda", "-Wl,--as-needed");
  // /usr/include as a system folder would come before the compiler's own headers.
  return { compile: compile.filter((flag) => flag !== "-isystem/usr/include"), link };
}

/**
 * Builds the addon if needed; throws with the compiler's words if that fails.
 * @param {import("./libtorch.mjs").Libtorch} libtorch
 * @param {(line: string) => void} report
 * @returns {Promise<boolean>} whether anything had to be built
 */
export async function build(libtorch, report) {
  const sources = readdirSync(native).filter((name) => name.endsWith(".cc"));
  const { compile, link } = flagsFor(libtorch);
  const hash = createHash("sha256");
  for (const name of readdirSync(native).sort()) hash.update(name).update(readFileSync(join(native, name)));
  const compilerVersion = execFileSync(compiler, ["-dumpfullversion"], { encoding: "utf8" }).trim();
  hash.update(JSON.stringify([compile, link, compiler, compilerVersion, libtorch.version, process.arch]));
  const info = { libtorch: libtorch.lib, version: libtorch.version, origin: libtorch.origin, hash: hash.digest("hex") };

  const infoPath = join(output, "info.json");
  const addon = join(output, "torch.node");
  const built = existsSync(addon) && existsSync(infoPath) ? JSON.parse(readFileSync(infoPath, "utf8")) : {};
  if (built.hash === info.hash) return false;

  report(`building the engine against libtorch ${libtorch.version} of ${libtorch.origin} (${libtorch.lib})`);
  // A folder of our own and a rename: two builds at once do not meet, and a loaded addon is never written over.
  const work = join(output, `work-${process.pid}`);
  mkdirSync(work, { recursive: true });
  try {
    const queue = [...sources];
    const objects = sources.map((name) => join(work, `${basename(name, ".cc")}.o`));
    const worker = async () => {
      for (let name = queue.pop(); name; name = queue.pop()) {
        await run(compiler, [...compile, "-c", join(native, name), "-o", join(work, `${basename(name, ".cc")}.o`)]);
      }
    };
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, worker));
    const linked = join(work, "torch.node");
    await run(compiler, [...objects, ...link, "-o", linked]);
    // Only an addon that loads and computes takes the place of the one before. A process of its own, because a wrong
    // library can end it.
    await run(process.execPath, [join(root, "scripts/smoke.mjs"), linked]);
    renameSync(linked, addon);
    writeFileSync(join(work, "info.json"), `${JSON.stringify(info, null, 2)}\n`);
    renameSync(join(work, "info.json"), infoPath);
  } catch (error) {
    throw new Error(
      `the engine could not be built against libtorch ${libtorch.version} (${libtorch.lib}):\n${error.stderr || error.message}`,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const libtorch = findLibtorch();
  if (!libtorch) {
    console.error("no libtorch found: run npm run setup");
    process.exit(1);
  }
  await build(libtorch, console.log);
}
