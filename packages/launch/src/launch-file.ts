import { easyr1Launch } from "./easyr1.js";
import type { LaunchFile, Run } from "./run.js";
import { swiftLaunch } from "./swift.js";
import { trlLaunch } from "./trl.js";
import { verlLaunch } from "./verl.js";

const launches: Readonly<Record<string, (run: Run) => LaunchFile>> = {
  verl: verlLaunch,
  trl: trlLaunch,
  easyr1: easyr1Launch,
  swift: swiftLaunch,
};

/** What starts the trainer that reads a layout on a set in it; null where the layout is nobody's. */
export function launchFile(layout: string, run: Run): LaunchFile | null {
  return launches[layout]?.(run) ?? null;
}
