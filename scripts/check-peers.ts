/**
 * Do the trainers themselves read what `ssl4rl build` makes, do our models answer as transformers' do, and does each open
 * the checkpoints and adapters of the other? Installs verl, TRL and what they need (scripts/peers/requirements.txt) once
 * into a cache folder, builds small sets, and runs the checks of scripts/peers on them and on small models of both majors
 * of transformers. With a folder that `ssl4rl build` made, has `datasets` read that one instead, and verl if it is in
 * verl's layout. VLMEvalKit is in no registry: its rules are compared where VLMEVALKIT names a checkout, or alone where one is
 * given.
 *
 *     npm run check:peers [-- SET | CHECKOUT]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { checkAdapters } from "./peers/adapters.js";
import { checkWith } from "./peers/check.js";
import { say } from "./peers/command.js";
import { environment, environmentWith, sources, versions } from "./peers/environments.js";
import { checkFolders } from "./peers/folders.js";
import { buildSet, formatOf } from "./peers/sets.js";
import { checkVlmevalkit, isVlmevalkit } from "./peers/vlmevalkit.js";

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const checkpoint = path("../checkpoints/tiny-vl");

const python = environment();
const scratch = mkdtempSync(join(tmpdir(), "ssl4rl-peers-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
const check = checkWith(python, scratch);

say(versions(python));
const given = process.argv[2] ? resolve(process.argv[2]) : null;
const passed =
  given === null ? await checkAll() : isVlmevalkit(given) ? [await compareVlmevalkit(given)] : checkSet(given);
process.exit(passed.every(Boolean) ? 0 : 1);

function compareVlmevalkit(checkout: string): Promise<boolean> {
  const other = checkWith(environmentWith(python, "requirements-vlmevalkit.txt"), scratch);
  return checkVlmevalkit(other, scratch, checkout);
}

async function checkVlmevalkitIfThere(): Promise<boolean> {
  const { VLMEVALKIT } = process.env;
  if (VLMEVALKIT) return compareVlmevalkit(resolve(VLMEVALKIT));
  say("skipped VLMEvalKit's rules: VLMEVALKIT names no checkout of open-compass/VLMEvalKit");
  return true;
}

function checkSet(set: string): boolean[] {
  return [check("check_datasets.py", set), formatOf(set) !== "verl" || check("check_verl.py", set, checkpoint)];
}

async function checkAll(): Promise<boolean[]> {
  const formats = ["verl", "trl", "easyr1", "swift", "jsonl"];
  const sets = formats.map((format) => buildSet(scratch, format, path("peers/recipe.yaml"), 24));
  // Rows enough for a step of the papers' runs.
  const papers = ["ssl4rl", "ssl-r1"].flatMap((paper) =>
    ["verl", "trl", "swift"].map((format) => buildSet(scratch, format, paper, 512)),
  );
  return [
    check("check_datasets.py", ...sets),
    check("check_verl.py", sets[formats.indexOf("verl")], checkpoint),
    check("check_trl.py", sets[formats.indexOf("trl")], checkpoint),
    check("check_launch.py", sources(python), ...papers),
    checkAdapters(check, scratch, checkpoint),
    await checkFolders(check, scratch, checkpoint),
    await checkVlmevalkitIfThere(),
    ...["requirements-models-5.txt", "requirements-models-4.txt"].map((requirements) => {
      const other = checkWith(environmentWith(python, requirements), scratch);
      return other("check_models.py", checkpoint, path("../packages/models/fixtures/parity.json"));
    }),
  ];
}
