import { basename, resolve } from "node:path";
import { loadCheckpoint } from "@ssl4rl/models";
import { Command, Option } from "commander";
import { chatServer } from "../chat/chat-server.js";
import { deviceName, positiveNumber, wholeNumber } from "../flags.js";
import { serveUntilStopped } from "../json-server.js";
import { checkpointFolder } from "../models.js";
import { Progress } from "../progress.js";

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
  readonly dtype: "float32" | "bfloat16";
  readonly device: string;
  readonly fetchFrom: readonly string[];
  readonly maxImages: number;
  readonly maxBody: number;
  readonly maxTokens: number;
  readonly queue: number;
}

export function serveCommand(): Command {
  return new Command("serve")
    .description("Answer chats about pictures over HTTP, as OpenAI's API does, from a checkpoint.")
    .argument("<checkpoint>", "a folder in Hugging Face layout, owner/name on its Hub, or tiny-vl")
    .option("--port <n>", "0 takes a free one", wholeNumber, 8000)
    .option("--host <address>", "where to listen; 0.0.0.0 is open to the network", "127.0.0.1")
    .addOption(new Option("--token <text>", "what clients must send as their API key").env("SSL4RL_TOKEN"))
    .addOption(
      new Option("--dtype <name>", "numbers to compute in").choices(["float32", "bfloat16"]).default("float32"),
    )
    .option("--device <name>", "cpu, or cuda where libtorch has it", deviceName, "cpu")
    .option("--fetch-from <host...>", "hosts that pictures may be fetched from, as name or name:port", [])
    .option("--max-images <n>", "images per request; a jigsaw of 6 x 6 tiles has 36", wholeNumber, 36)
    .option("--max-body <bytes>", "size of a request, and of a picture fetched", positiveNumber, 64 * 2 ** 20)
    .option("--max-tokens <n>", "tokens per response", positiveNumber, 4096)
    .option("--queue <n>", "requests held at once; more are told to come back later", positiveNumber, 32)
    .addHelpText(
      "after",
      `
POST /v1/chat/completions takes text and pictures (as data URIs), n, temperature, top_p, top_k, min_p, repetition_penalty,
max_tokens, seed, stop, logprobs, top_logprobs and stream; GET /v1/models and GET /health are there too. docs/serve.md has the
details. The model is called by the name of its folder. Only this machine can ask, unless --host says otherwise.

Examples:
  ssl4rl serve runs/both/checkpoints/step-000600 --port 8000
  curl 127.0.0.1:8000/v1/chat/completions -d '{"model": "step-000600", "max_tokens": 64,
    "messages": [{"role": "user", "content": "What is the opposite of left?"}]}'`,
    )
    .action(async (checkpoint: string, flags: Flags) => {
      const progress = new Progress();
      const folder = await checkpointFolder(checkpoint, progress);
      const { host, port, token = null, dtype, device } = flags;
      const server = chatServer(loadCheckpoint(folder, { dtype, device }), {
        ...flags,
        name: basename(resolve(folder)),
        token,
      });
      if (token === null && !["127.0.0.1", "::1", "localhost"].includes(host))
        progress.say(`Whoever reaches ${host} may use this server: --token asks clients for a key`);
      await serveUntilStopped(
        server,
        { host, port, flag: "--port" },
        progress,
        (url) => `Serving ${folder} on ${url}/v1 (Ctrl-C stops it)`,
      );
    });
}
