import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/**
 * Threads that compute without getting into each other's way: physical cores among the processors that this process may run on,
 * for a second thread on a core makes matrix products slower, and no more than its control groups let run at a time.
 * Linux tells both in files below `root`; elsewhere it is the number of processors.
 */
export function usableCores(root = "/"): number {
  const read = (...path: string[]): string => {
    try {
      return readFileSync(join(root, ...path), "utf8").trim();
    } catch {
      return "";
    }
  };
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(read("proc/self/status"));
  const processors = allowed ? listed(allowed[1]) : null;
  const cores = processors?.map((n) => read(`sys/devices/system/cpu/cpu${n}/topology/thread_siblings_list`) || `${n}`);
  return Math.min(cores ? new Set(cores).size : availableParallelism(), quota(read));
}

/** The numbers of a list like "0-3,8". */
function listed(text: string): number[] {
  return text.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Processors that this process's control groups let run at a time, of both versions, and those around them. */
function quota(read: (...path: string[]) => string): number {
  const limits = read("proc/self/cgroup")
    .split("\n")
    .flatMap((line) => {
      const [, controllers, path = "/"] = line.split(":");
      const names = path.split("/").filter(Boolean);
      return names.concat("").map((_, n) => {
        const group = names.slice(0, n).join("/");
        const [time, period] =
          controllers === ""
            ? read("sys/fs/cgroup", group, "cpu.max").split(" ")
            : [
                read("sys/fs/cgroup", controllers, group, "cpu.cfs_quota_us"),
                read("sys/fs/cgroup", controllers, group, "cpu.cfs_period_us"),
              ];
        // "max", -1, or nothing where there is no limit.
        return Number(time) > 0 ? Math.max(1, Math.floor(Number(time) / Number(period))) : Number.POSITIVE_INFINITY;
      });
    });
  return Math.min(...limits, Number.POSITIVE_INFINITY);
}
