import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { main } from "./main.js";
import { renderReport } from "./report/report.js";
import { startCommand } from "./test-command.js";

describe("ssl4rl launch", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "ssl4rl-launch-"));
    const recipe =
      "tasks: [{task: rotation}]\nsize: 112\nprompts: 512\nworldPictures: 32\nmodel: Qwen2.5-VL-7B-Instruct\n";
    writeFileSync(join(folder, "plain.yaml"), recipe);
    writeFileSync(join(folder, "other.yaml"), recipe.replace("rotation", "position"));
    writeFileSync(join(folder, "taught.yaml"), "tasks: [{task: rotation}]\nmethod: supervised\n");
  });
  const home = process.cwd();
  beforeAll(() => process.chdir(folder));
  afterAll(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  /** In this process: what builds a set has workers of its own, and needs the built files. */
  async function ssl4rl(...args: string[]) {
    const [err, out]: string[][] = [[], []];
    const spies = [
      vi.spyOn(console, "error").mockImplementation((text) => void err.push(text)),
      vi.spyOn(console, "log").mockImplementation((text) => void out.push(text)),
      vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0),
    ];
    try {
      const code = await main(["node", "ssl4rl", ...args]);
      return { code, err: err.join("\n"), out: out.join("\n") };
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  }

  const launch = (...args: string[]) => ssl4rl("launch", ...args);

  it("says before anything is built how it is used", async () => {
    const cases: [string[], RegExp][] = [
      [[], /Give a recipe to launch, or one of --attach/],
      [["plain.yaml", "--attach", "x"], /Give a recipe to launch, or one of --attach/],
      [["plain.yaml"], /Which cluster\?/],
      [["plain.yaml", "--cluster", "ray://head:10001"], /Ray's client.*http:\/\/head:8265/],
      [["plain.yaml", "--cluster", "http://me:secret@head:8265"], /Give a token by RAY_AUTH_TOKEN/],
      [["plain.yaml", "--dry-run"], /--out DIR/],
      [["plain.yaml", "--dry-run", "--gpus-per-node", "0"], /verl needs GPUs/],
      [["plain.yaml", "--dry-run", "--trainer", "trl", "--nodes", "2"], /TRL is launched on one node/],
      [["taught.yaml", "--dry-run"], /only GRPO/],
      [["plain.yaml", "--write", "kuberay"], /--image NAME/],
      [["plain.yaml", "--write", "slurm", "--shards", "2"], /--set, --source and --rows/],
    ];
    for (const [args, words] of cases) {
      const { code, err } = await launch(...args);
      expect(err).toMatch(words);
      expect(err).not.toContain("secret");
      expect(code).toBe(2);
    }
    const unreachable = await launch("plain.yaml", "--cluster", "http://127.0.0.1:9");
    expect(unreachable).toMatchObject({ code: 1, err: expect.stringMatching(/nothing listens there/) });
    expect(existsSync(join(folder, "sets"))).toBe(false);
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });

  it("builds the set, takes it again as it is, and refuses one of another recipe", async () => {
    const args = ["launch", "plain.yaml", "--rows", "24", "--out", "/shared/run", "--dry-run", "--json"];
    const first = await startCommand(folder, args).outcome;
    expect(first.err).toContain("24 rows in");
    // Of 23 rows to train on a step takes 16.
    expect(JSON.parse(first.out)).toMatchObject({ prompts: 16, rollouts: 8, versions: null });
    expect(first.err).toMatch(/8\.29 billion parameters/);
    const again = await launch("plain.yaml", "--out", "/shared/run", "--dry-run", "--json");
    expect(again.err).not.toContain("rows in");
    expect(again.out).toBe(first.out.trim());
    const other = await launch("other.yaml", "--set", "sets/plain-verl", "--out", "/shared/run", "--dry-run");
    expect(other).toMatchObject({ code: 2, err: expect.stringMatching(/was built with other tasks/) });
    const uneven = await launch("plain.yaml", "--out", "/shared/run", "--gpus-per-node", "7", "--dry-run");
    expect(uneven).toMatchObject({ code: 2, err: expect.stringMatching(/16 x 8 responses .* to 7 GPUs/) });
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });

  it("writes manifests into a run folder that knows its job", async () => {
    const where = ["--data-uri", "/shared/set", "--out", "/shared/run", "--nodes", "2"];
    const slurm = await launch("plain.yaml", ...where, "--write", "slurm", "--run", "slurm");
    expect(slurm).toMatchObject({ code: 0 });
    const job = JSON.parse(readFileSync(join(folder, "runs/slurm/job.json"), "utf8"));
    expect(job).toMatchObject({ cluster: "http://localhost:8265", data: "/shared/set", nodes: 2, gpusPerNode: 8 });
    expect(await ssl4rl("train", "--resume", "--run", "slurm")).toMatchObject({ code: 2 });
    expect(renderReport(join(folder, "runs/slurm"))).toContain("ssl4rl launch --attach");
    expect(readFileSync(join(folder, "runs/slurm/train.slurm"), "utf8")).toContain(`--submission-id=${job.id}`);
    const kuberay = await launch("plain.yaml", ...where, "--write", "kuberay", "--image", "verl:1", "--run", "kuberay");
    expect(kuberay).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, "runs/kuberay/rayjob.yaml"), "utf8")).toContain("mountPath: /shared");
    const apart = ["--data-uri", "/data/set", "--out", "/shared/run", "--write", "kuberay", "--image", "verl:1"];
    expect(await launch("plain.yaml", ...apart)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/one shared folder/),
    });
  });
});
