import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const script = `(async () => {
  const { answerOnly } = await import("@ssl4rl/core");
  const { loadCheckpoint, LogitsNotFinite } = await import("@ssl4rl/models");
  const { rotation } = await import("@ssl4rl/tasks");
  const { noGrad } = await import("@ssl4rl/torch");
  const { checkRecipe, evenArms, ProblemStream, Replica } = await import("@ssl4rl/trainer");
  const { worldSource } = await import("@ssl4rl/world");

  const [model] = process.argv.slice(1);
  const recipe = checkRecipe({ tasks: [{ task: "rotation" }], rollouts: 2, maxNewTokens: 2 }, "test");
  const policy = loadCheckpoint(model);
  const pictures = worldSource({ seed: "train", length: 2, size: 112 });
  const stream = new ProblemStream(() => pictures, evenArms([rotation.create({ size: 56 })]), answerOnly, 0);
  const problems = await stream.slice(0, 1);
  const replica = await Replica.open(recipe, model);
  const whole = await replica.start(policy, recipe, problems, 0, 0);
  noGrad(() => policy.model.parameters().get("model.norm.weight").fill_(NaN));
  const error = await replica.start(policy, recipe, problems, 0, 0).catch((error) => error);
  await replica.close();
  console.log(JSON.stringify({ passes: whole.passes.length, alike: error instanceof LogitsNotFinite, text: error.message }));
})()`;

it("a replica that has nothing to draw from fails as the policy would, so that the run keeps its batch", async () => {
  const model = fileURLToPath(new URL("../../../checkpoints/tiny-vl", import.meta.url));
  // A replica is a thread of the built files.
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, model], { cwd, timeout: 60_000 });
  expect(JSON.parse(stdout)).toEqual({
    passes: 1,
    alike: true,
    text: expect.stringMatching(/logits are not finite/),
  });
});
