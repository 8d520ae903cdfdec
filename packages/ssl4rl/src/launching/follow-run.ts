import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { follow, isRecord, type JobDetails, type JobRecord, type RayJobs, type RemoteRun } from "@ssl4rl/launch";
import type { LaunchFlags } from "../commands/launch.js";
import type { Progress } from "../progress.js";
import { renderReport } from "../report/report.js";

/** Follows a job to its end, keeps the run folder as far as the log tells, and fails where the job did. */
export async function followRun(
  jobs: RayJobs,
  run: RemoteRun,
  { patience, json }: Pick<LaunchFlags, "patience" | "json">,
  progress: Progress,
): Promise<void> {
  const { id } = run.job;
  const { details, refused, interrupted } = await followJob(jobs, id, {
    from: run.logLength,
    patience,
    progress,
    take: (text) => run.take(text),
  });
  run.folder.write("report.html", renderReport(run.path));
  const steps = run.folder.readMetrics().length;
  if (json) console.log(JSON.stringify({ run: run.path, id, status: details?.status ?? null, steps }));
  if (interrupted) {
    progress.say(`Job ${id} goes on. Follow it with --attach ${run.path}, end it with --stop ${run.path}`);
    process.exitCode = 130;
    return;
  }
  progress.say(`Report: ${join(run.path, "report.html")}`);
  expectSuccess(details!, refused);
  progress.say(`Job ${id} has succeeded: ${steps} steps. Fetch its checkpoint with --fetch ${run.path}`);
}

export interface Followed {
  /** How the job ended; null where it goes on. */
  readonly details: JobDetails | null;
  /** Why the job itself did not go on. */
  readonly refused: string | null;
  readonly interrupted: boolean;
}

/** Shows the job's log until it ends, or until Ctrl-C. */
export async function followJob(
  jobs: RayJobs,
  id: string,
  options: {
    readonly from: number;
    readonly patience: number;
    readonly progress: Progress;
    readonly take: (text: string) => readonly JobRecord[];
  },
): Promise<Followed> {
  const { from, patience, progress, take } = options;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once("SIGINT", interrupt);
  let details: JobDetails | null = null;
  let refused: string | null = null;
  try {
    for await (const event of follow(jobs, id, { from, patience, signal: stop.signal })) {
      switch (event.kind) {
        case "log":
          for (const record of take(event.text)) {
            if ("refused" in record) refused = record.refused;
            const line = describe(record);
            if (line) progress.say(line);
          }
          for (const line of event.text.split("\n")) if (line.trim() && !isRecord(line)) progress.say(`  ${line}`);
          break;
        case "status":
          details = event.details;
          progress.say(`Job ${id}: ${event.details.status.toLowerCase()}`);
          break;
        case "lost":
          progress.say(`${event.reason}\nTrying again for ${patience} s …`);
          break;
        case "found":
          progress.say("The cluster answers again");
          break;
      }
    }
  } finally {
    process.off("SIGINT", interrupt);
  }
  return { details, refused, interrupted: stop.signal.aborted };
}

/** Turns any end but a good one into an error. */
export function expectSuccess(
  { submission_id, status, error_type, message }: JobDetails,
  refused: string | null,
): void {
  if (status === "SUCCEEDED") return;
  if (status === "STOPPED") throw new UserError(`Job ${submission_id} was stopped.`);
  if (refused) throw new UserError(refused);
  const what = error_type ? ` (${error_type})` : "";
  // Ray repeats the end of the log here, which has just been shown.
  const why = message?.split(/, last available logs|\n/)[0].trim() ?? "the log above says why";
  throw new UserError(`Job ${submission_id} failed${what}: ${why}`);
}

function describe(record: JobRecord): string | null {
  if ("begin" in record) {
    return `On the cluster: ${Object.entries(record.versions)
      .map((pair) => pair.join(" "))
      .join(", ")}`;
  }
  if ("validation" in record) {
    const tasks = Object.entries(record.tasks).map(([task, { accuracy }]) => `${task} ${(100 * accuracy).toFixed(1)}%`);
    return `asked after ${record.validation} steps: ${tasks.join(", ")}`;
  }
  if ("step" in record) {
    const reward = record.data["critic/score/mean"] ?? record.data.reward;
    return typeof reward === "number" ? `step ${record.step}: reward ${reward.toFixed(3)}` : null;
  }
  return null;
}
