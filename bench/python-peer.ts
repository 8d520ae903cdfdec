import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A Python process beside us: it writes a line when it is ready, then answers each line with one of JSON. */
export interface Peer {
  /** What its first line says. */
  readonly ready: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the script answers
  ask(line: string): Promise<any>;
  stop(): void;
}

/** Starts a script of this folder. PYTHON names the interpreter; without one that has what it needs, `remedy` is said. */
export async function startPeer(script: string, args: readonly string[], remedy: string): Promise<Peer> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const peer = spawn(process.env.PYTHON ?? "/usr/bin/python3", [path, ...args], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  peer.on("error", () => {}); // no Python: the lines end at once
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const line = await lines.next();
    if (line.done) throw new Error(remedy);
    return JSON.parse(line.value);
  };
  return {
    ready: await read(),
    async ask(line) {
      peer.stdin.write(`${line}\n`);
      return read();
    },
    stop: () => peer.stdin.end(),
  };
}
