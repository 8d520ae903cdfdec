import type { AuditReport, Finding } from "@ssl4rl/data";

/** An audit in words: a table for each task, then the leaks with their remedies, then the verdict in one line. */
export function auditTable({ rows, tasks, findings, leaks }: AuditReport): string {
  const between = findings.filter(({ task }) => !tasks.some((one) => one.task === task));
  const sections = tasks.map(({ task, kind, rows, repeated, unasked }) => {
    const again = repeated ? `, ${repeated} of them show a picture again` : "";
    const left = unasked.map(({ probe, reason }) => `  ${probe.padEnd(PROBE)}not asked: ${reason}`);
    const own = findings.filter((finding) => finding.task === task).map((finding) => line(finding.probe, finding));
    return [`${task}: ${rows} rows${again}; kind: ${kind}`, HEAD, ...own, ...left].join("\n");
  });
  if (between.length > 0) {
    const lines = between.map((finding) => line(`${finding.task}: ${finding.probe}`, finding));
    sections.push(["between tasks and splits", HEAD, ...lines].join("\n"));
  }
  const probes = new Set(findings.map(({ probe }) => probe)).size;
  const verdict =
    leaks.length === 0
      ? `no leak found in ${count(rows, "row")} of ${count(tasks.length, "task")} by ${count(probes, "probe")}`
      : `${count(leaks.length, "leak")} found in ${count(rows, "row")} of ${count(tasks.length, "task")}`;
  return [...sections, ...leaks.map(leakLine), verdict].join("\n\n");
}

const PROBE = 24;
const HEAD = `  ${"probe".padEnd(PROBE)}${"right".padStart(7)}${"chance".padStart(8)}${"p".padStart(9)}`;

function line(name: string, { accuracy, chance, corrected, leak }: Finding): string {
  const numbers = `${percent(accuracy).padStart(7)}${percent(chance).padStart(8)}${probability(corrected).padStart(9)}`;
  return `  ${name.padEnd(PROBE)}${numbers}${leak ? "  LEAK" : ""}`;
}

function leakLine({ task, probe, sees, accuracy, chance, corrected, trials, remedy }: Finding): string {
  const found =
    probe === "pictures in both splits"
      ? `at least ${percent(accuracy)} of the pictures of the smaller split are in the other`
      : `guessed from ${sees}, the answer is right ${percent(accuracy)} of the time (chance ${percent(chance)}, ` +
        `${trials} questions, p ${probability(corrected)})`;
  return `LEAK ${task}, ${probe}: ${found}.\n  ${remedy}`;
}

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const probability = (p: number) => (p < 1e-9 ? "<1e-9" : p < 0.001 ? p.toExponential(0) : p.toFixed(3));
const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? "" : "s"}`;
