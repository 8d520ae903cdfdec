import { describe, expect, it } from "vitest";
import { parseRecipe, printRecipe } from "./recipe.js";

describe("recipes", () => {
  it("fill in defaults and print back to themselves", () => {
    const recipe = parseRecipe("tasks:\n  - task: rotation\n    step: 45\n", "r.yaml");
    expect(recipe.rollouts).toBe(8);
    expect(recipe.tasks).toEqual([{ task: "rotation", step: 45 }]);
    expect(parseRecipe(printRecipe(recipe), "again")).toEqual(recipe);
  });

  it("name the file, the key, the value and what is known", () => {
    const wrong = () => parseRecipe("tasks: [{task: rotation}]\nsteps: -3\nstepps: 4\n", "r.yaml");
    expect(wrong).toThrow(/r\.yaml/);
    expect(wrong).toThrow(/steps: .*got -3/);
    expect(wrong).toThrow(/stepps/);
    expect(wrong).toThrow(/learningRate/);
  });

  it("take LoRA with its defaults, and say which part of it is wrong", () => {
    const lora = (text: string) => parseRecipe(`tasks: [{task: rotation}]\nlora: ${text}\n`, "r.yaml").lora;
    expect(parseRecipe("tasks: [{task: rotation}]", "r.yaml").lora).toBeUndefined();
    expect(lora("{}")).toMatchObject({ rank: 64, alpha: 32 });
    expect(() => lora("{rank: 0}")).toThrow(/lora\.rank: .*got 0/);
    expect(() => lora('{targets: "(q_proj"}')).toThrow(/lora\.targets: must be a regular expression, got "\(q_proj"/);
    expect(() => lora("{dropout: 0.1}")).toThrow(/dropout/);
  });

  it("refuse devices nobody has, and replicas where they cannot be", () => {
    const read = (line: string) => () => parseRecipe(`tasks: [{task: rotation}]\n${line}\n`, "r.yaml");
    expect(read("device: gpu")).toThrow(/device: must be cpu, cuda or cuda:N, got "gpu"/);
    expect(read("device: cuda:1")()).toMatchObject({ device: "cuda:1", dtype: "float32" });
    expect(read("dtype: float16")).toThrow(/dtype: .*got "float16"/);
    expect(read("dtype: bfloat16\nreplicas: 2")).toThrow(
      /replicas: more than 1 needs device cpu and dtype float32, got 2/,
    );
  });

  it("take weights, levels and a curriculum, and a ladder with levels alone", () => {
    const read = (text: string) => parseRecipe(text, "r.yaml");
    const ladder = "tasks: [{task: jigsaw, weight: 2, levels: [{rows: 1}, {rows: 2}]}]\ncurriculum: {ladder: true}";
    expect(read(ladder).curriculum).toEqual({ learnability: false, ladder: true });
    expect(read("tasks: [{task: rotation}]").curriculum).toBeUndefined();
    const without = "tasks: [{task: rotation, levels: [{step: 90}]}]\ncurriculum: {ladder: true}";
    expect(() => read(without)).toThrow(/curriculum\.ladder: needs a task with levels, such as .*got true/);
    expect(() => read("tasks: [{task: rotation, weight: 0}]")).toThrow(/tasks\.0\.weight: .*got 0/);
    expect(() => read("tasks: [{task: rotation, levels: []}]")).toThrow(/tasks\.0\.levels: .*got \[\]/);
  });

  it("refuse options that cannot go together, and say which", () => {
    const read = (text: string) => () => parseRecipe(`tasks: [{task: rotation}]\n${text}\n`, "r.yaml");
    expect(read("prompts: 8\nminiBatch: 3")).toThrow(/miniBatch: must divide prompts, got 3/);
    expect(read("replicas: 2\nepochs: 2")).toThrow(/replicas: more than 1 is for steps of one update: .*got 2/);
    expect(read("replicas: 2\nprompts: 8\nminiBatch: 4")).toThrow(/replicas: more than 1 is for steps of one update/);
    expect(read("replicas: 2\nadvantageScale: task")).toThrow(/replicas: .*advantageScale batch or task/);
    expect(read("replicas: 2\nloss: {mean: task}")).toThrow(/replicas: .*loss\.mean task/);
    expect(read("replicas: 2\nprompts: 8\nminiBatch: 8")()).toMatchObject({ replicas: 2, miniBatch: 8 });
    expect(read("maxNewTokens: 8\noverlong: {cache: 9}")).toThrow(
      /overlong\.cache: must not be above maxNewTokens, got 9/,
    );
    expect(read("rewardCombination: gdpo\nadvantageScale: rloo")).toThrow(/rewardCombination: gdpo has its own scale/);
    expect(read("advantageScale: task\nbeta: 0.1\nkl: {in: reward}")).toThrow(
      /advantageScale: task is the scale of rewards alone: it needs the KL term in the loss \(kl\.in loss\), got "task"/,
    );
    expect(read("rewardCombination: gdpo\nkl: {in: reward}")).toThrow(
      /rewardCombination: gdpo needs the KL term in the loss/,
    );
    expect(read("kl: {in: reward, unbiased: true}")).toThrow(/kl\.unbiased: is for the KL term in the loss/);
    expect(read("loss: {delta: 1.1}")).toThrow(/loss\.delta: must be above 1 \+ clipHigh.*got 1\.1/);
    expect(read("loss: {type: cispo, delta: 2}")).toThrow(/loss\.delta: is for loss\.type clip/);
    expect(read("loss: {type: ppo}")).toThrow(/loss\.type: .*got "ppo"/);
    expect(read("loss: {dualClip: null}")()).toMatchObject({ loss: { dualClip: null, mean: "dapo" } });
  });

  it("refuse of supervised runs what means nothing there, by name", () => {
    const read = (text: string) => () =>
      parseRecipe(`method: supervised\ntasks: [{task: rotation}]\n${text}\n`, "r.yaml");
    const plain = read("")();
    expect(plain.method).toBe("supervised");
    expect(parseRecipe(printRecipe(plain), "again")).toEqual(plain);
    expect(
      read("lora: {}\nfreezeVision: true\npromptsPerPass: 2\nmaxNewTokens: 8\ndtype: bfloat16")().lora,
    ).toBeDefined();
    expect(read("rollouts: 16\nbeta: 0.04\nloss: {type: cispo}")).toThrow(
      /rollouts: means nothing with method supervised: leave it out, got 16\n.*loss: .*\n.*beta: .*got 0\.04/,
    );
    const others = [
      ["curriculum", "{learnability: true}"],
      ["reward", "{format: 0.2}"],
      ["miniBatch", 8],
      ["epochs", 2],
      ["refillRounds", 1],
      ["replicas", 2],
      ["temperature", 0.9],
      ["overlong", "{cache: 4}"],
      ["advantageScale", "rloo"],
      ["rewardCombination", "gdpo"],
      ["clipLow", 0.1],
      ["clipHigh", 0.2],
      ["kl", "{estimator: k1}"],
      ["samplerCorrection", "{}"],
    ];
    for (const [key, value] of others) expect(read(`${key}: ${value}`)).toThrow(`  ${key}: means nothing with method`);
    expect(read("method: sft")).toThrow();
  });

  it("refuse what is not YAML, and files without tasks", () => {
    expect(() => parseRecipe("a: [", "r.yaml")).toThrow(/r\.yaml is not YAML/);
    expect(() => parseRecipe("steps: 3", "r.yaml")).toThrow(/tasks/);
  });
});
