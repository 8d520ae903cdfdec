/**
 * Does `ssl4rl launch` get on with a real Ray cluster, and that with verl and TRL? Starts a head on this machine, whose dashboard
 * listens on 127.0.0.1 and asks for a token, with the packages that `npm run check:peers` installs; submits jobs to it, and ends
 * it. Prints a line for each check. What it leaves goes into a scratch folder, which is removed.
 *
 *     npm run check:ray
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { say } from "./peers/command.js";
import { environment, environmentWith, versions } from "./peers/environments.js";
import { Checks } from "./ray/checks.js";
import { clusterChecks, killedHead } from "./ray/cluster-checks.js";
import { startHead } from "./ray/head.js";
import { verlChecks } from "./ray/verl-checks.js";

const python = environmentWith(environment(), "requirements-ray.txt");
say(versions(python));
// Short: Ray puts sockets below it, and their paths may have 107 characters.
const scratch = mkdtempSync(join(tmpdir(), "ray-"));
const head = await startHead(python, join(scratch, "head"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void head.kill().finally(() => process.exit(130)));
}
const checks = new Checks();
try {
  await clusterChecks(checks, head, scratch);
  await verlChecks(checks, head, python, scratch);
  await killedHead(checks, head, scratch);
} finally {
  await head.kill();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(checks.failed === 0 ? 0 : 1);
