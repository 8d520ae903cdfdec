import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { command, say } from "./command.js";

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The Python of a virtual environment that holds what requirements.txt names; it is made if it is not there. */
export function environment(): string {
  const requirements = beside("requirements.txt");
  const folder = cacheFor("peers", requirements);
  return complete(folder, () => {
    say(`Installing the trainers into ${folder}; this takes some minutes and gigabytes …`);
    install(folder, "-r", requirements);
  });
}

/** The same with a few packages at other versions, found before the trainers' own; nothing else is installed again. */
export function environmentWith(python: string, file: string): string {
  const folder = `${dirname(dirname(python))}-${hashOf(beside(file))}`;
  return complete(folder, () => {
    install(folder, "--no-deps", "-r", beside(file));
    writeFileSync(join(sitePackages(join(folder, "bin/python")), "trainers.pth"), `${sitePackages(python)}\n`);
  });
}

/** A folder with the wheels that sources.txt names; they are fetched if they are not there. */
export function sources(python: string): string {
  const names = beside("sources.txt");
  const folder = cacheFor("sources", names);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  command(
    python,
    ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", partial, "-r", names],
    "The trainers' sources cannot be fetched: pip says above which package is missing.",
  );
  renameSync(partial, folder);
  return folder;
}

/** What is installed, for people. */
export function versions(python: string): string {
  const names = ["verl", "ray", "trl", "peft", "transformers", "datasets", "pyarrow", "torch"];
  const code =
    "import sys\nfrom importlib.metadata import version\nprint(*[f'{n} {version(n)}' for n in sys.argv[1:]], sep=', ')";
  return spawnSync(python, ["-c", code, ...names], { encoding: "utf8" }).stdout.trim();
}

/** The folder's Python, once `make` has run there to its end. */
function complete(folder: string, make: () => void): string {
  const mark = join(folder, "complete");
  if (!existsSync(mark)) {
    rmSync(folder, { recursive: true, force: true });
    make();
    writeFileSync(mark, "");
  }
  return join(folder, "bin/python");
}

function install(folder: string, ...what: string[]): void {
  command("python3", ["-m", "venv", folder], "python3 cannot make a virtual environment: install Python 3.10 to 3.12.");
  command(
    join(folder, "bin/python"),
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...what],
    "The trainers cannot be installed: pip says above which package is missing.",
  );
}

function sitePackages(bin: string): string {
  const code = "import sysconfig\nprint(sysconfig.get_path('purelib'))";
  return spawnSync(bin, ["-c", code], { encoding: "utf8" }).stdout.trim();
}

/** Where that is kept which a file names. */
function cacheFor(kind: string, file: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ssl4rl", `${kind}-${hashOf(file)}`);
}

function hashOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
}
