import { say } from "../peers/command.js";

/** Runs checks one after the other and prints a line for each: what it saw, or what was not as it should be. */
export class Checks {
  failed = 0;

  /** `see` gives what it saw, and throws where that is wrong. */
  async run(what: string, see: () => Promise<string>): Promise<void> {
    try {
      say(`ok      ${what}: ${await see()}`);
    } catch (error) {
      this.failed++;
      say(`FAILED  ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
