import { stringify } from "yaml";
import type { LaunchFolder } from "./launch-folder.js";

/** What a manifest has to know beside the launch folder. */
export interface KubeRayInput {
  /** The job's id, by which `ssl4rl launch --attach` finds it. */
  readonly id: string;
  readonly files: LaunchFolder;
  readonly metadata: Readonly<Record<string, string>>;
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** An image that has Ray and the trainer. */
  readonly image: string;
  /** A PersistentVolumeClaim that all pods mount, and where. */
  readonly claim: string;
  readonly mount: string;
}

const LAUNCH = "/ssl4rl/launch";

/**
 * `rayjob.yaml`: a KubeRay RayJob (ray.io/v1) that brings a cluster up, runs the launch folder on it, and takes it down. There is
 * no package to upload to, so the folder is a ConfigMap.
 */
export function rayJobManifest(input: KubeRayInput): string {
  const { id, files, metadata, nodes, gpusPerNode } = input;
  const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: id }, data: files };
  const rayJob = {
    apiVersion: "ray.io/v1",
    kind: "RayJob",
    metadata: { name: id },
    spec: {
      jobId: id,
      metadata,
      entrypoint: `python3 ${LAUNCH}/job.py train`,
      shutdownAfterJobFinishes: true,
      ttlSecondsAfterFinished: 3600,
      rayClusterSpec: {
        headGroupSpec: {
          // The head leads; GPUs are with the workers.
          rayStartParams: { "num-gpus": "0", "dashboard-host": "0.0.0.0" },
          template: pod(input, "ray-head", { cpu: "8", memory: "64Gi" }),
        },
        workerGroupSpecs: [
          {
            groupName: "gpus",
            replicas: nodes,
            minReplicas: nodes,
            maxReplicas: nodes,
            rayStartParams: {},
            template: pod(input, "ray-worker", { cpu: "32", memory: "256Gi", "nvidia.com/gpu": String(gpusPerNode) }),
          },
        ],
      },
    },
  };
  const about = [
    `# kubectl apply -f rayjob.yaml; then kubectl port-forward svc/… 8265, and follow it with`,
    `#     ssl4rl launch --attach ${id} --cluster http://localhost:8265`,
    "# Processors and memory are guesses: set what your nodes have.",
  ];
  return `${about.join("\n")}\n${[configMap, rayJob].map((part) => stringify(part, { lineWidth: 0 })).join("---\n")}`;
}

function pod({ id, image, claim, mount }: KubeRayInput, name: string, resources: Readonly<Record<string, string>>) {
  return {
    spec: {
      containers: [
        {
          name,
          image,
          resources: { requests: resources, limits: resources },
          volumeMounts: [
            { name: "launch", mountPath: LAUNCH },
            { name: "shared", mountPath: mount },
            // PyTorch's and vLLM's processes share memory here.
            { name: "memory", mountPath: "/dev/shm" },
          ],
        },
      ],
      volumes: [
        { name: "launch", configMap: { name: id } },
        { name: "shared", persistentVolumeClaim: { claimName: claim } },
        { name: "memory", emptyDir: { medium: "Memory" } },
      ],
    },
  };
}

/** `build.yaml`: a Kubernetes Job (batch/v1), a pod for each shard of a set. `command` makes one, `{shard}` being its number. */
export function buildManifest(
  id: string,
  shards: number,
  command: string,
  { image, claim, mount }: Pick<KubeRayInput, "image" | "claim" | "mount">,
): string {
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: id },
    spec: {
      completionMode: "Indexed",
      completions: shards,
      parallelism: shards,
      // A shard that was begun goes on.
      backoffLimit: 3 * shards,
      template: {
        spec: {
          restartPolicy: "OnFailure",
          containers: [
            {
              name: "build",
              image,
              command: ["sh", "-c", command.replace("{shard}", "$((JOB_COMPLETION_INDEX + 1))")],
              volumeMounts: [{ name: "shared", mountPath: mount }],
            },
          ],
          volumes: [{ name: "shared", persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
  return stringify(job, { lineWidth: 0 });
}
