import { refusal } from "@ssl4rl/data";

/** Writes to the run folder: turns the operating system's refusals into words with a remedy. */
export function attempt(file: string, action: () => void, flag: "--run" | "--out" = "--run"): void {
  try {
    action();
  } catch (error) {
    throw refusal(file, error, flag);
  }
}

/** The same for what takes its time. */
export async function attemptAsync(file: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    throw refusal(file, error, "--run");
  }
}
