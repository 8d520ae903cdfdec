// Makes the engine ready: libtorch, a fast BLAS, the addon. What `npm run setup` calls, and `npm test` and `npm run demo`
// before anything else; a second's work at most once all is there.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { build } from "./build.mjs";
import { blasOf, findLibtorch, isReferenceBlas } from "./libtorch.mjs";

const say = (line) => console.log(`setup: ${line}`);

function stop(...lines) {
  for (const line of lines) console.error(`setup: ${line}`);
  process.exit(1);
}

const compilerWorks = () => spawnSync(process.env.CXX ?? "c++", ["--version"], { stdio: "ignore" }).status === 0;

/** Whether Debian's packages can be installed here without asking anybody. */
const mayInstall = () =>
  process.platform === "linux" &&
  process.getuid() === 0 &&
  existsSync("/usr/bin/apt-get") &&
  /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"));

function install(packages, why) {
  if (!mayInstall()) {
    stop(
      `${why}. Do one of:`,
      `  sudo apt-get install ${packages.join(" ")}     (Debian, Ubuntu)`,
      "  pip install torch                    (in the Python that python3 starts; the compiler c++ is needed, too)",
      "  export LIBTORCH=/path/to/libtorch    (the folder with lib/ and include/)",
      "and run npm run setup again.",
    );
  }
  say(`${why}; installing ${packages.join(" ")} (a few minutes, once)`);
  const apt = (...args) =>
    spawnSync("apt-get", ["-qq", ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "inherit"],
    }).status;
  apt("update"); // fails when any one source is out of reach; the packages may be there all the same
  if (apt("-y", "install", "--no-install-recommends", ...packages) !== 0) {
    stop(`apt-get install ${packages.join(" ")} failed; its own words are above`);
  }
}

try {
  let libtorch = findLibtorch();
  if (!libtorch) {
    install(["g++", "libtorch-dev", "libopenblas0-pthread"], "there is no libtorch on this machine");
    libtorch = findLibtorch() ?? stop("libtorch-dev is installed, but its libraries are not where they should be");
  }
  if (!compilerWorks()) install(["g++"], "there is no C++ compiler on this machine");

  const slow = () => isReferenceBlas(blasOf(libtorch) ?? "");
  if (slow()) install(["libopenblas0-pthread"], "matrix products would run on the slow reference BLAS");
  if (slow()) stop("the reference BLAS is still chosen: run update-alternatives --auto libblas.so.3-x86_64-linux-gnu");

  if (await build(libtorch, say)) say("the engine is ready");
} catch (error) {
  stop(error.message);
}
