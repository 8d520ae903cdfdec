import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodePng, type Image, UserError } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import {
  type AttentionMap,
  attentionMaps,
  type Checkpoint,
  heatMap,
  loadCheckpoint,
  type PreparedBatch,
} from "@ssl4rl/models";
import { noGrad, scope } from "@ssl4rl/torch";
import { Command } from "commander";
import { numberList, wholeNumber } from "../flags.js";
import { checkpointFolder } from "../models.js";
import { Progress } from "../progress.js";

interface Flags {
  readonly model: string;
  readonly image: readonly string[];
  readonly prompt: string;
  readonly response?: string;
  readonly maxTokens: number;
  readonly tokens?: readonly number[];
  readonly word?: string;
  readonly layers?: readonly number[];
  readonly heads?: readonly number[];
  readonly out: string;
}

/** A token that looks, and its place in the sequence. */
interface Looking {
  readonly text: string;
  readonly place: number;
}

export function attendCommand(): Command {
  return new Command("attend")
    .description("Show where a checkpoint looks while it answers: attention laid over the pictures.")
    .requiredOption("--image <file...>", "the pictures, in the order of the prompt")
    .requiredOption("--prompt <text>", "the question, which stands behind the pictures")
    .option("--model <dir>", "a checkpoint in Hugging Face layout, owner/name on its Hub, or tiny-vl", "tiny-vl")
    .option("--response <text>", "a response to follow (default: the checkpoint's own, its likeliest tokens)")
    .option("--max-tokens <n>", "tokens of its own response", wholeNumber, 64)
    .option("--tokens <list>", "tokens of the response that look, as 0,3-5 (default: all)", numberList)
    .option("--word <text>", "instead: the tokens of this word of the prompt look")
    .option("--layers <list>", "layers to average over, as 20-27 (default: all)", numberList)
    .option("--heads <list>", "heads to average over (default: all)", numberList)
    .option("--out <dir>", "where to write", "attention")
    .addHelpText(
      "after",
      "\nWrites image-1.png, image-2.png … (the mean over all tokens that look; dark blue is the least attention,\n" +
        "pale yellow the most, on one scale for all pictures) and attention.json\n" +
        "(each token's own map).\n" +
        '\nExample:\n  ssl4rl attend --image cat.jpg --prompt "Which way is up?" --tokens 0 --out attention',
    )
    .action(async (flags: Flags) => {
      const progress = new Progress();
      if (flags.tokens && flags.word !== undefined) throw new UserError("Give either --tokens or --word.", 2);
      const images: Image[] = [];
      for (const file of flags.image) images.push(await readImage(file));
      const checkpoint = loadCheckpoint(await checkpointFolder(flags.model, progress));
      const batch = checkpoint.prepare([{ text: flags.prompt, images }]);
      const completion = flags.response ?? answer(checkpoint, batch, flags.maxTokens);
      const ids = typeof completion === "string" ? checkpoint.tokenizer.encodeText(completion) : completion;
      const response = checkpoint.tokenizer.decode(ids);
      const looking =
        flags.word === undefined ? ofResponse(checkpoint, batch, ids, flags) : ofWord(checkpoint, batch, flags.word);
      const { layers, heads } = flags;
      const maps = attentionMaps(checkpoint.model, batch, ids, {
        places: looking.map(({ place }) => place),
        layers,
        heads,
      });
      const means = maps.map(mean);
      const all = means.flatMap((values) => [...values]);
      const range = { least: Math.min(...all), most: Math.max(...all) };
      mkdirSync(flags.out, { recursive: true });
      images.forEach((image, i) => {
        writeFileSync(join(flags.out, `image-${i + 1}.png`), encodePng(heatMap(image, maps[i], means[i], range)));
      });
      const tokens = looking.map(({ text, place }, t) => ({
        text,
        place,
        maps: maps.map(({ values }) => [...values[t]]),
      }));
      const content = {
        model: flags.model,
        prompt: flags.prompt,
        response,
        layers: layers ?? "all",
        heads: heads ?? "all",
        images: maps.map(({ rows, columns }, i) => ({ file: flags.image[i], rows, columns })),
        tokens,
      };
      writeFileSync(join(flags.out, "attention.json"), `${JSON.stringify(content)}\n`);
      progress.say(`Response: ${response}`);
      means.forEach((values, i) => {
        const share = values.reduce((sum, value) => sum + value, 0);
        progress.say(`${join(flags.out, `image-${i + 1}.png`)}: ${(100 * share).toFixed(1)}% of the attention`);
      });
    });
}

async function readImage(file: string): Promise<Image> {
  try {
    return await decodePicture(readFileSync(file), { minSide: 1, maxSide: 4096 });
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}. Give a picture file.`);
  }
}

/** The likeliest tokens up to the end of the response. */
function answer(checkpoint: Checkpoint, batch: PreparedBatch, maxNewTokens: number): readonly number[] {
  const { ids, finished } = noGrad(() =>
    scope(() => checkpoint.sample(checkpoint.prefill(batch), { each: 1, maxNewTokens, temperature: 0, seed: 0 })),
  );
  return finished[0][0] ? ids[0][0].slice(0, -1) : ids[0][0];
}

/** The places that predict tokens of the response. */
function ofResponse(
  checkpoint: Checkpoint,
  { prompts }: PreparedBatch,
  ids: readonly number[],
  flags: Flags,
): Looking[] {
  if (ids.length === 0) throw new UserError("The response is empty: nothing looks. Give one with --response.");
  const chosen = flags.tokens ?? ids.map((_, t) => t);
  const wrong = chosen.find((t) => t >= ids.length);
  if (wrong !== undefined) {
    throw new UserError(`--tokens: the response has tokens 0 to ${ids.length - 1}, got ${wrong}.`, 2);
  }
  return chosen.map((t) => ({ text: checkpoint.tokenizer.decode([ids[t]]), place: prompts[0].ids.length - 1 + t }));
}

/** The tokens of the prompt that `word` is made of, where it first stands behind the pictures. */
function ofWord(checkpoint: Checkpoint, { prompts }: PreparedBatch, word: string): Looking[] {
  const { tokenizer, config } = checkpoint;
  const [{ ids }] = prompts;
  const behind = ids.lastIndexOf(config.imageTokenId) + 1;
  const ends = ids.slice(behind).map((_, i) => tokenizer.decode(ids.slice(behind, behind + i + 1)).length);
  const start = tokenizer.decode(ids.slice(behind)).indexOf(word);
  if (word === "" || start < 0) throw new UserError(`--word: "${word}" is not in the prompt.`, 2);
  return ends.flatMap((end, i) => {
    const from = i === 0 ? 0 : ends[i - 1];
    if (end === from || end <= start || from >= start + word.length) return [];
    return [{ text: tokenizer.decode([ids[behind + i]]), place: behind + i }];
  });
}

/** The mean of the tokens' maps. */
function mean({ values }: AttentionMap): Float64Array {
  return Float64Array.from(values[0], (_, i) => values.reduce((sum, one) => sum + one[i], 0) / values.length);
}
