import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startCommand } from "./test-command.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ssl4rl-warm-up-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const common =
  "images: world\nworldPictures: 16\ntasks: [{task: rotation}]\nsize: 112\nprotocol: answer-only\nprompts: 2\n" +
  "evaluationQuestions: 4\n";

function train(name: string, recipe: string) {
  writeFileSync(join(folder, `${name}.yaml`), common + recipe);
  return startCommand(folder, ["train", `${name}.yaml`, "--run", `./${name}`, "--json"]).outcome;
}

const report = (name: string) => readFileSync(join(folder, name, "report.html"), "utf8");

it("a supervised run ends in a checkpoint that GRPO begins with, and what GRPO warns of is said and reported", async () => {
  const warm = await train("warm", "method: supervised\nsteps: 2\nmaxNewTokens: 8\n");
  expect(warm.err).toContain("Supervised: the right answers are shown, there is no reward");
  expect(warm.code).toBe(0);
  expect(JSON.parse(warm.out)).toMatchObject({ steps: 2, tasks: { rotation: { after: { n: 4 } } } });
  expect(report("warm")).toContain("by supervision on");

  // Two tokens are too few for an answer.
  const checkpoint = "model: ./warm/checkpoints/step-000002\n";
  const next = await train("next", `${checkpoint}steps: 11\nrollouts: 2\nmaxNewTokens: 2\n`);
  expect(next.code).toBe(0);
  const said = /^Warning at step 9: 100\.0% of the responses .* cut at maxNewTokens \(2\).*$/gm;
  expect(next.err.match(said)).toHaveLength(1);
  expect(report("next")).toContain("cut at maxNewTokens (2)");
});

it("a run that stops for numbers that are not finite says where its batch is, with a replica at work as well", async () => {
  const recipe = "rollouts: 2\nmaxNewTokens: 8\npromptsPerPass: 1\nlearningRate: 1.0e+30\nbeta: 0.1\nreplicas: 2\n";
  const { code, err } = await train("diverged", recipe);
  expect(err).toMatch(
    /not finite.* are in .*diverged\/stopped\/step-00000\d\. A resumed run would come to the same end/,
  );
  expect(err).not.toMatch(/^ +at /m);
  expect(code).toBe(1);
});
