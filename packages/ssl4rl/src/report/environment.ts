import type { Environment, Metrics } from "@ssl4rl/trainer";
import { count, short } from "./numbers.js";
import { type Facts, factList, foreign, type Html, html } from "./page.js";
import type { Run } from "./read-run.js";

/** What the run ran on, at its first start, and what was another at later ones. */
export function environment({ starts, metrics }: Run): Html {
  if (starts.length === 0) return html`<p>The run has not been started yet.</p>`;
  const facts = starts.map(factsOf);
  const later = starts.slice(1).map(({ started, step }, i) => {
    const changed = facts[i + 1].filter(([name, value], k) => value !== facts[i][k][1] && name !== "Started");
    const words = changed.map(([name, value]) => html`; ${name.toLowerCase()} now ${foreign(value ?? "none")}`);
    return html`<li>From step ${step} on: started again ${foreign(started)}${words.length > 0 ? words : ", on the same"}</li>
`;
  });
  return html`${factList([...facts[0], ["Peak memory", peakMemory(metrics)]])}
${later.length > 0 ? html`<p>Started ${count(starts.length, "time")}.</p><ul>${later}</ul>` : null}`;
}

function factsOf({ started, ssl4rl, node, libtorch, device, cpu, threads, git, model }: Environment): Facts {
  return [
    ["Started", started],
    ["ssl4rl", ssl4rl],
    ["Node", node],
    ["libtorch", `${libtorch.version} of ${libtorch.origin}, ${libtorch.folder}`],
    ["Device", device],
    ["CPU", `${cpu}, ${count(threads, "thread")}`],
    ["Git commit", git && `${git.commit}${git.changed ? ", with changes" : ""}`],
    ["Starting checkpoint", `${model.folder}, fingerprint ${model.fingerprint.slice(0, 16)}`],
  ];
}

function peakMemory(metrics: readonly Metrics[]): string | null {
  if (metrics.length === 0) return null;
  return `${short(metrics.reduce((most, { machine }) => Math.max(most, machine.peakBytes), 0) / 1e9)} GB`;
}
