// Where libtorch is on this machine, and what it takes to compile and link against it.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * @typedef {object} Libtorch
 * @property {string} origin how it was found, for messages
 * @property {string} version for example "1.13.1"
 * @property {string} lib the folder of libtorch_cpu.so
 * @property {string[]} includes header folders
 * @property {boolean} cxx11Abi the C++ library's string layout it was built with
 * @property {boolean} cuda whether it comes with its CUDA half
 */

/**
 * The libtorch to use: `LIBTORCH`, else the PyTorch of the active Python, else the system's. Null where there is none.
 * @returns {Libtorch | null}
 */
export function findLibtorch() {
  if (process.env.LIBTORCH) {
    const root = resolve(process.env.LIBTORCH);
    const found = at(root, "LIBTORCH");
    if (!found) throw new Error(`LIBTORCH is ${root}, but there is no lib/libtorch_cpu.so with include/ATen beside it`);
    return found;
  }
  const python = pythonTorch();
  return at(python, "the active Python") ?? system();
}

/** The folder of the torch package that `python3` would import. Looked up, not imported: importing takes seconds. */
function pythonTorch() {
  const find =
    "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')";
  try {
    return execFileSync("python3", ["-c", find], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

/** The distribution's package. Its Python module has no headers of its own, so that python3-torch also ends up here. */
function system() {
  const multiarch = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[process.arch];
  for (const prefix of ["/usr/local", "/usr"]) {
    for (const folder of [`lib/${multiarch}`, "lib64", "lib"]) {
      const found = at(prefix, "the system", folder);
      if (found) return found;
    }
  }
  return null;
}

/** @returns {Libtorch | null} */
function at(root, origin, libFolder = "lib") {
  if (!root) return null;
  const lib = join(root, libFolder);
  const include = join(root, "include");
  const api = join(include, "torch/csrc/api/include");
  if (!existsSync(join(lib, "libtorch_cpu.so")) || !existsSync(join(include, "ATen/core/Tensor.h"))) return null;
  // The newest have it beside what needs no library; older ones in the C++ frontend.
  const header = [join(include, "torch/headeronly/version.h"), join(api, "torch/version.h")].find(existsSync);
  const config = join(root, "share/cmake/Torch/TorchConfig.cmake");
  return {
    origin,
    version: versionIn(header),
    lib,
    includes: [include, api],
    cxx11Abi: !(existsSync(config) && readFileSync(config, "utf8").includes("_GLIBCXX_USE_CXX11_ABI=0")),
    cuda: existsSync(join(lib, "libtorch_cuda.so")),
  };
}

function versionIn(header) {
  const text = header ? readFileSync(header, "utf8") : "";
  const part = (name) => new RegExp(`#define TORCH_VERSION_${name} (\\d+)`).exec(text)?.[1];
  return part("MAJOR") ? `${part("MAJOR")}.${part("MINOR")}.${part("PATCH")}` : "unknown";
}

/**
 * The file that serves libtorch's matrix products, if it takes them from outside (Debian's does; PyTorch's wheels carry
 * their own and give null).
 * @param {Libtorch} libtorch
 */
export function blasOf(libtorch) {
  const linked = execFileSync("ldd", [join(realpathSync(libtorch.lib), "libtorch_cpu.so")], { encoding: "utf8" });
  const path = /libblas\.so\.3 => (\S+)/.exec(linked)?.[1];
  return path ? realpathSync(path) : null;
}

/** Whether a BLAS file is the slow reference implementation, which costs a factor of ten and more. */
export const isReferenceBlas = (path) => dirname(path).endsWith("/blas") || dirname(path).endsWith("/atlas");
