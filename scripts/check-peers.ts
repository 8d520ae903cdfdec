/**
 * Do the trainers themselves read what `ssl4rl build` makes? Do transformers and PEFT open our checkpoints and adapters, and
 * we theirs? Installs verl, TRL and what they need (scripts/peers/requirements.txt) once into a cache folder, builds small sets, and runs the checks
 * of scripts/peers on them. With a folder that `ssl4rl build` made, has `datasets` read that one instead, and verl if it
 * is in verl's layout.
 *
 *     npm run check:peers [-- SET]
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { fetchModel } from "@ssl4rl/hub";
import { compareFolder, writeOurFolders } from "./folders.js";
import { compareTheirs, writeOurs } from "./peft.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const peers = join(root, "scripts/peers");
const checkpoint = join(root, "checkpoints/tiny-vl");

const python = environment();
const scratch = mkdtempSync(join(tmpdir(), "ssl4rl-peers-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));

const given = process.argv[2];
const sets = given
  ? [resolve(given)]
  : ["verl", "trl", "easyr1", "swift", "jsonl"].map((format) => buildSet(format, join(peers, "recipe.yaml"), 24));
// Rows enough for a step of the papers' runs.
const papers = ["ssl4rl", "ssl-r1"].flatMap((paper) => ["verl", "trl", "swift"].map((format) => [paper, format]));
const setOf = (format: string) => sets.find((set) => formatOf(set) === format);
const [verlSet, trlSet] = [setOf("verl"), setOf("trl")];

say(versions());
const passed = [
  check("check_datasets.py", ...sets),
  !verlSet || check("check_verl.py", verlSet, checkpoint),
  // A step needs questions that the tiny model sometimes gets right, as those of our own set.
  given || !trlSet || check("check_trl.py", trlSet, checkpoint),
  given || checkAdapters(),
  given || (await checkFolders()),
  given || check("check_launch.py", sources(), ...papers.map(([paper, format]) => buildSet(format, paper, 512))),
];
process.exit(passed.every(Boolean) ? 0 : 1);

/** The Python of a virtual environment that holds what requirements.txt names; it is made if it is not there. */
function environment(): string {
  const requirements = join(peers, "requirements.txt");
  const folder = cacheFor("peers", requirements);
  const bin = join(folder, "bin/python");
  const complete = join(folder, "complete");
  if (existsSync(complete)) return bin;

  say(`Installing the trainers into ${folder}; this takes some minutes and gigabytes …`);
  rmSync(folder, { recursive: true, force: true });
  command("python3", ["-m", "venv", folder], "python3 cannot make a virtual environment: install Python 3.10 to 3.12.");
  command(
    bin,
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
    "The trainers cannot be installed: pip says above which package is missing.",
  );
  writeFileSync(complete, "");
  return bin;
}

/** A folder with the wheels that sources.txt names; they are fetched if they are not there. */
function sources(): string {
  const names = join(peers, "sources.txt");
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

/** Where that is kept which a file names. */
function cacheFor(kind: string, file: string): string {
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, 12);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ssl4rl", `${kind}-${hash}`);
}

function buildSet(format: string, recipe: string, rows: number): string {
  const out = join(scratch, `${basename(recipe, ".yaml")}-${format}`);
  const ssl4rl = join(root, "packages/ssl4rl/bin/ssl4rl.js");
  const flags = [
    "--rows",
    `${rows}`,
    "--validation",
    "0",
    "--format",
    format,
    "--out",
    out,
    "--source",
    "world",
    "--size",
    "112",
  ];
  const { status, stderr } = spawnSync(process.execPath, [ssl4rl, "build", recipe, ...flags], { encoding: "utf8" });
  if (status !== 0) stop(`${stderr}ssl4rl build --format ${format} failed.`);
  return out;
}

function formatOf(set: string): string {
  const manifest = join(set, "manifest.json");
  if (!existsSync(manifest)) stop(`${set} has no manifest.json: give a folder that ssl4rl build has finished.`);
  return JSON.parse(readFileSync(manifest, "utf8")).plan.format;
}

/** Runs one file of checks, which prints a line for each, and what it said besides where one failed. */
function check(file: string, ...args: string[]): boolean {
  const env = {
    ...process.env,
    // Nothing is to be fetched, nor kept outside the scratch folder, nor run on a GPU.
    HF_HOME: join(scratch, "huggingface"),
    HF_HUB_OFFLINE: "1",
    CUDA_VISIBLE_DEVICES: "",
    PYTHONDONTWRITEBYTECODE: "1",
    // Torch's threads wait for each other longer than so small a model computes.
    OMP_NUM_THREADS: "1",
  };
  const { status, stderr, error } = spawnSync(python, [join(peers, file), ...args], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "inherit", "pipe"],
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return true;
  say(`${stderr}${file} failed${error ? `: ${error.message}` : ""}`);
  return false;
}

/** PEFT on ours, then ours on what PEFT made. */
function checkAdapters(): boolean {
  writeOurs(scratch, checkpoint);
  if (!check("check_peft.py", scratch, checkpoint)) return false;
  return ["theirs", "theirs-old"].every((name) => {
    const apart = compareTheirs(scratch, name, checkpoint);
    const ok = apart < 1e-4;
    const names = name === "theirs" ? "" : ", under the names of transformers before 4.52";
    say(
      `${ok ? "ok    " : "FAILED"}  we open PEFT's adapter and compute its logits${names}: at most ${apart.toExponential(1)} apart`,
    );
    return ok;
  });
}

/** Checkpoints and the cache of the Hub: transformers on ours, then ours on what it made. */
async function checkFolders(): Promise<boolean> {
  writeOurFolders(scratch, checkpoint);
  const server = spawn(
    process.execPath,
    [...process.execArgv, join(root, "scripts/serve-hub.ts"), join(scratch, "sharded")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    const { value: hub } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
    await inCache("ours-cache", { HF_ENDPOINT: hub });
    if (!check("check_folders.py", scratch, hub)) return false;
  } finally {
    server.kill();
  }
  const theirs = {
    sharded: [join(scratch, "theirs-sharded"), "sharded"],
    untied: [join(scratch, "theirs-untied"), "untied"],
    "text only": [join(scratch, "theirs-text"), "text"],
    "under the names of transformers 4.52 and later": [join(scratch, "theirs-raw"), "tied"],
    "that huggingface_hub fetched": [await inCache("theirs-cache", { HF_HUB_OFFLINE: "1" }), "sharded"],
  };
  return Object.entries(theirs).every(([what, [folder, name]]) => {
    const apart = compareFolder(folder, join(scratch, `${name}.safetensors`));
    const ok = apart < 1e-4;
    say(
      `${ok ? "ok    " : "FAILED"}  we open a checkpoint of transformers, ${what}: at most ${apart.toExponential(1)} apart`,
    );
    return ok;
  });
}

/** cats/tiny in a cache of that name. */
function inCache(name: string, env: Record<string, string>): Promise<string> {
  Object.assign(process.env, { HF_HUB_CACHE: join(scratch, name), ...env });
  return fetchModel("cats/tiny");
}

function versions(): string {
  const names = ["verl", "trl", "peft", "transformers", "datasets", "pyarrow", "torch"];
  const code =
    "import sys\nfrom importlib.metadata import version\nprint(*[f'{n} {version(n)}' for n in sys.argv[1:]], sep=', ')";
  return spawnSync(python, ["-c", code, ...names], { encoding: "utf8" }).stdout.trim();
}

function command(program: string, args: string[], remedy: string): void {
  if (spawnSync(program, args, { stdio: "inherit" }).status !== 0) stop(remedy);
}

function say(text: string): void {
  console.log(text);
}

function stop(text: string): never {
  console.error(text);
  process.exit(1);
}
