import { type JobRecord, type RayJobs, RecordReader } from "@ssl4rl/launch";
import type { Progress } from "../progress.js";
import { expectSuccess, followJob } from "./follow-run.js";
import { jobId } from "./new-launch.js";

/** Has `job.py` do something short on the cluster and shows its log. What it told, or null where Ctrl-C ended it. */
export async function runErrand(
  jobs: RayJobs,
  errand: "check" | "merge",
  files: Parameters<RayJobs["upload"]>[0],
  patience: number,
  progress: Progress,
): Promise<{ readonly id: string; readonly records: readonly JobRecord[] } | null> {
  const id = jobId(errand);
  const workingDir = await jobs.upload(files);
  await jobs.submit({ id, entrypoint: `python3 job.py ${errand}`, workingDir, metadata: {} }, patience);
  const reader = new RecordReader();
  const records: JobRecord[] = [];
  const { details, refused, interrupted } = await followJob(jobs, id, {
    from: 0,
    patience,
    progress,
    take: (text) => {
      const told = text.split("\n").flatMap((line) => reader.next(line) ?? []);
      records.push(...told);
      return told;
    },
  });
  if (interrupted) {
    await jobs.stop(id);
    process.exitCode = 130;
    return null;
  }
  expectSuccess(details!, refused);
  return { id, records };
}
