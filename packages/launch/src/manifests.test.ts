import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { buildManifest, rayJobManifest } from "./kuberay.js";
import { buildScript, quoted, slurmScript } from "./slurm.js";

const metadata = { ssl4rl: JSON.stringify({ id: "ssl4rl-x-1", note: "it's" }) };
const storage = { image: "verl:1", claim: "ssl4rl", mount: "/shared" };

describe("the KubeRay manifest", () => {
  const files = { "job.py": "print('hello: \"world\"')\n\n# %s\n", "verl.yaml": "a: 1 # why\n" };
  const text = rayJobManifest({ id: "ssl4rl-x-1", files, metadata, nodes: 2, gpusPerNode: 8, ...storage });
  const [configMap, rayJob] = parseAllDocuments(text).map((part) => part.toJS());

  it("holds the launch folder byte by byte", () => {
    expect(configMap).toMatchObject({ kind: "ConfigMap", metadata: { name: "ssl4rl-x-1" }, data: files });
  });

  it("runs it by the id that --attach looks for, on as many GPUs as asked for", () => {
    expect(rayJob).toMatchObject({
      apiVersion: "ray.io/v1",
      kind: "RayJob",
      spec: { jobId: "ssl4rl-x-1", metadata, entrypoint: "python3 /ssl4rl/launch/job.py train" },
    });
    const { headGroupSpec, workerGroupSpecs } = rayJob.spec.rayClusterSpec;
    expect(workerGroupSpecs).toMatchObject([{ replicas: 2 }]);
    for (const { template } of [headGroupSpec, ...workerGroupSpecs]) {
      const [container] = template.spec.containers;
      const mounts = container.volumeMounts.map(({ name }: { name: string }) => name);
      expect(mounts).toEqual(template.spec.volumes.map(({ name }: { name: string }) => name));
    }
    expect(workerGroupSpecs[0].template.spec.containers[0].resources.limits["nvidia.com/gpu"]).toBe("8");
  });

  it("gives each pod of a build a shard, from 1 on", () => {
    const job = parse(buildManifest("b", 8, "ssl4rl build x --shard {shard}/8", storage));
    expect(job).toMatchObject({ kind: "Job", spec: { completionMode: "Indexed", completions: 8 } });
    const [, , command] = job.spec.template.spec.containers[0].command;
    const env = { ...process.env, JOB_COMPLETION_INDEX: "2" };
    expect(execFileSync("sh", ["-c", `ssl4rl() { echo "$@"; }; ${command}`], { env, encoding: "utf8" })).toBe(
      "build x --shard 3/8\n",
    );
  });
});

describe("the Slurm scripts", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ssl4rl-slurm-"));
    mkdirSync(join(folder, "bin"));
    for (const name of ["ray", "srun", "hostname", "ssl4rl"]) {
      const says =
        { ray: 'case "$1" in list) printf \'"node_id"\\n"node_id"\\n\';; esac', hostname: "echo node-1" }[name] ?? "";
      writeFileSync(
        join(folder, "bin", name),
        `#!/bin/bash\n${says}\nprintf '%s|' ${name} "$@" >> ${folder}/calls\necho >> ${folder}/calls\n`,
      );
      chmodSync(join(folder, "bin", name), 0o755);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(script: string, variables: Record<string, string>): string[] {
    writeFileSync(join(folder, "script"), script);
    const env = { ...process.env, ...variables, PATH: `${join(folder, "bin")}:${process.env.PATH}` };
    execFileSync("bash", [join(folder, "script")], { env });
    return execFileSync("cat", [join(folder, "calls")], { encoding: "utf8" })
      .trim()
      .split("\n");
  }

  it("bring a cluster up, submit the folder with its metadata, and take it down", () => {
    const script = slurmScript({
      id: "ssl4rl-x-1",
      folder: "/shared/a run/launch",
      metadata,
      nodes: 2,
      gpusPerNode: 4,
    });
    expect(script).toContain("#SBATCH --nodes=2\n");
    const calls = run(script, { SLURM_NNODES: "2" }).filter((call) => !call.startsWith("hostname"));
    expect(calls.filter((call) => call.startsWith("srun")).length).toBe(1);
    expect(calls.find((call) => call.startsWith("ray|start|--head"))).toContain("--num-gpus=4");
    const submit = calls.find((call) => call.startsWith("ray|job|submit"))!.split("|");
    expect(submit).toContain("--working-dir=/shared/a run/launch");
    expect(submit).toContain(`--metadata-json=${JSON.stringify(metadata)}`);
    expect(submit.slice(-4, -1)).toEqual(["python3", "job.py", "train"]);
    // The workers are started in the background, and may be the last to say so.
    expect(calls.filter((call) => !call.startsWith("srun")).at(-1)).toBe("ray|stop|");
  });

  it("build one shard for each task of the array", () => {
    const script = buildScript("b", 8, `ssl4rl build ${quoted("my recipe's.yaml")} --shard {shard}/8`);
    expect(script).toContain("#SBATCH --array=1-8\n");
    expect(run(script, { SLURM_ARRAY_TASK_ID: "5" })).toEqual(["ssl4rl|build|my recipe's.yaml|--shard|5/8|"]);
  });
});
