import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { usableCores } from "./cores.js";

let root = "";
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The files in which Linux tells of a machine of 4 cores with 2 threads each, and some more. */
function machine(files: Readonly<Record<string, string>>): string {
  root = mkdtempSync(join(tmpdir(), "machine-"));
  const siblings = Array.from({ length: 8 }, (_, n) => [
    `sys/devices/system/cpu/cpu${n}/topology/thread_siblings_list`,
    `${n % 4},${(n % 4) + 4}\n`,
  ]);
  for (const [path, text] of [...siblings, ...Object.entries(files)]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const status = (list: string) => ({ "proc/self/status": `Name:\tnode\nCpus_allowed_list:\t${list}\n` });

it.each<[string, Record<string, string>, number]>([
  ["cores, not their threads", status("0-7"), 4],
  ["the cores that the process may run on", status("1-2,5"), 2],
  [
    "what a container may take",
    { ...status("0-7"), "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "250000 100000\n" },
    2,
  ],
  [
    "the least of the groups around",
    {
      ...status("0-7"),
      "proc/self/cgroup": "0::/user.slice/run.scope\n",
      "sys/fs/cgroup/user.slice/cpu.max": "300000 100000\n",
      "sys/fs/cgroup/user.slice/run.scope/cpu.max": "max 100000\n",
    },
    3,
  ],
  [
    "what groups of version 1 say",
    {
      ...status("0-7"),
      "proc/self/cgroup": "2:cpuacct:/\n1:cpu:/docker/1f\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
    1,
  ],
  [
    "no limit where there is none",
    {
      ...status("0-7"),
      "proc/self/cgroup": "1:cpu:/\n0::/\n",
      "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
    4,
  ],
])("threads: %s", (_, files, expected) => {
  expect(usableCores(machine(files))).toBe(expected);
});

it("threads: processors where there are no such files", () => {
  expect(usableCores(join(tmpdir(), "nowhere"))).toBe(availableParallelism());
});
