import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { UserError } from "@ssl4rl/core";
import { type Answerer, endpointAnswerer, localAnswerer, modelAt } from "@ssl4rl/eval";
import { fingerprint, openPolicy, type Recipe } from "@ssl4rl/trainer";

export interface AnswererFlags {
  readonly modelName?: string;
  readonly token?: string;
  readonly concurrency: number;
  readonly timeout: number;
}

export const isUrl = (model: string) => /^https?:\/\//i.test(model);

/** The model at an address: `http://127.0.0.1:8000`, with `/v1` or without. */
export async function endpointAt(address: string, flags: AnswererFlags): Promise<Answerer> {
  if (!URL.canParse(address))
    throw new UserError(`--model ${address} is no address. Give one as http://HOST:PORT/v1.`, 2);
  const { origin, pathname } = new URL(address);
  const path = pathname.replace(/\/+$/, "");
  const url = `${origin}${path === "" ? "/v1" : path}`;
  const token = flags.token ?? null;
  const model = await modelAt(url, token, flags.modelName);
  const { concurrency, timeout } = flags;
  // The last wait is half a minute: long enough for a server to be started again.
  return endpointAnswerer({
    url,
    model,
    token,
    concurrency,
    timeoutMs: 1000 * timeout,
    tries: 8,
    backoffMs: 500,
  });
}

/** A checkpoint in this process: of a recipe's `model`, or the one that its run saved. Its weights and small files name it. */
export function checkpointAt(
  recipe: Recipe,
  model: string,
  saved: string | null,
  { concurrency }: AnswererFlags,
): Answerer {
  const checkpoint = openPolicy(recipe, model, saved);
  const settings = {
    model: basename(resolve(saved ?? model)),
    weights: [...new Set([model, saved ?? model])].map(fingerprint).join(" "),
    files: createHash("sha256")
      .update(JSON.stringify([...checkpoint.files]))
      .digest("hex"),
    dtype: recipe.dtype,
  };
  return localAnswerer(checkpoint, { settings, batch: concurrency });
}
