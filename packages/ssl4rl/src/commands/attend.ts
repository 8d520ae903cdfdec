import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { encodePng, type Image, UserError } from "@ssl4rl/core";
import { decodePicture } from "@ssl4rl/data";
import { attentionMaps, type ContentItem, heatMap, loadCheckpoint } from "@ssl4rl/models";
import { Command } from "commander";
import { type Watched, type WatchedQuestion, watch } from "../attend/compare-attention.js";
import { answer, mean, ofResponse, ofWord } from "../attend/looking.js";
import { questionsOf } from "../attend/watched-questions.js";
import { dataOption, numberList, pictureSide, wholeNumber } from "../flags.js";
import { checkpointFolder } from "../models.js";
import { Progress } from "../progress.js";
import { attentionPage } from "../report/attention-page.js";

interface Flags {
  readonly model: string;
  readonly against?: string;
  readonly image?: readonly string[];
  readonly prompt?: string;
  readonly bench?: string;
  readonly item?: readonly string[];
  readonly protocol?: string;
  readonly data: string;
  readonly images: string;
  readonly size: number;
  readonly response?: string;
  readonly maxTokens: number;
  readonly tokens?: readonly number[];
  readonly word?: string;
  readonly layers?: readonly number[];
  readonly heads?: readonly number[];
  readonly out: string;
}

export function attendCommand(): Command {
  return new Command("attend")
    .description("Show where a checkpoint looks while it answers, or two of them: attention laid over the pictures.")
    .option("--image <file...>", "the pictures, in the order of the prompt")
    .option("--prompt <text>", "the question, which stands behind the pictures")
    .option("--model <dir>", "a checkpoint in Hugging Face layout, owner/name on its Hub, or tiny-vl", "tiny-vl")
    .option("--response <text>", "a response to follow (default: the checkpoint's own, its likeliest tokens)")
    .option("--max-tokens <n>", "tokens of its own response", wholeNumber, 64)
    .option("--tokens <list>", "tokens of the response that look, as 0,3-5 (default: all)", numberList)
    .option("--word <text>", "instead: the tokens of this word of the prompt look")
    .option("--layers <list>", "layers to average over, as 20-27 (default: all)", numberList)
    .option("--heads <list>", "heads to average over (default: all)", numberList)
    .option("--out <dir>", "where to write", "attention")
    .optionsGroup("Two checkpoints on the same questions:")
    .option("--against <dir>", "the second one: comparison.html has both beside each other")
    .option("--bench <id>", "instead of --image and --prompt: questions of a benchmark")
    .option("--item <id...>", "which of its items (default: the first three)")
    .option("--protocol <name>", "how it is asked (default: the benchmark's own)")
    .addOption(dataOption())
    .option("--images <dir>", "pictures that self-supervised questions are made of", "world")
    .option("--size <px>", "side of pictures that are made", pictureSide, 504)
    .addHelpText(
      "after",
      "\nWrites image-1.png, image-2.png … (the mean over all tokens that look; dark blue is the least attention,\n" +
        "pale yellow the most, on one scale for all pictures) and attention.json\n" +
        "(each token's own map). With --against: comparison.html and attention.json, from where the first token of the\n" +
        "response is made, and from --word.\n" +
        '\nExamples:\n  ssl4rl attend --image cat.jpg --prompt "Which way is up?" --tokens 0 --out attention\n' +
        "  ssl4rl attend --model tiny-vl --against runs/demo/checkpoints/step-000250 --bench world-questions --item 4 --word night",
    )
    .action(async (flags: Flags) => {
      const progress = new Progress();
      if (flags.tokens && flags.word !== undefined) throw new UserError("Give either --tokens or --word.", 2);
      if (flags.against === undefined) await attendAlone(flags, progress);
      else await attendBoth(flags, flags.against, progress);
    });
}

/** The picture files and the question of the flags. */
async function ownQuestion({ image, prompt }: Flags): Promise<{ readonly images: Image[]; readonly text: string }> {
  if (!image || prompt === undefined)
    throw new UserError("Which picture, and what is asked? Give --image and --prompt.", 2);
  const images: Image[] = [];
  for (const file of image) images.push(await readImage(file));
  return { images, text: prompt };
}

async function attendAlone(flags: Flags, progress: Progress): Promise<void> {
  if (flags.bench !== undefined)
    throw new UserError("--bench compares two checkpoints: name the second by --against.", 2);
  const question = await ownQuestion(flags);
  const { images } = question;
  const checkpoint = loadCheckpoint(await checkpointFolder(flags.model, progress));
  const batch = checkpoint.prepare([question]);
  const completion = flags.response ?? answer(checkpoint, batch, flags.maxTokens);
  const ids = typeof completion === "string" ? checkpoint.tokenizer.encodeText(completion) : completion;
  const response = checkpoint.tokenizer.decode(ids);
  const looking =
    flags.word === undefined ? ofResponse(checkpoint, batch, ids, flags.tokens) : ofWord(checkpoint, batch, flags.word);
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
    images: maps.map(({ rows, columns }, i) => ({ file: flags.image![i], rows, columns })),
    tokens,
  };
  writeFileSync(join(flags.out, "attention.json"), `${JSON.stringify(content)}\n`);
  progress.say(`Response: ${response}`);
  means.forEach((values, i) => {
    const share = values.reduce((sum, value) => sum + value, 0);
    progress.say(`${join(flags.out, `image-${i + 1}.png`)}: ${(100 * share).toFixed(1)}% of the attention`);
  });
}

async function attendBoth(flags: Flags, against: string, progress: Progress): Promise<void> {
  if (flags.tokens || flags.response !== undefined) {
    throw new UserError("--against looks from the first token of each one's own response, and from --word.", 2);
  }
  if (flags.bench !== undefined && (flags.image || flags.prompt !== undefined)) {
    throw new UserError("Give either --bench or --image and --prompt.", 2);
  }
  const { bench } = flags;
  const questions = bench === undefined ? [await ownChat(flags)] : await questionsOf({ ...flags, bench });
  const paths = [flags.model, against];
  const names = paths.map((path) => basename(resolve(path)));
  const models = names[0] === names[1] ? paths : names;
  const watched: Watched[][] = [];
  for (const [i, path] of paths.entries()) {
    const checkpoint = loadCheckpoint(await checkpointFolder(path, progress));
    const seen: Watched[] = [];
    for (const [q, question] of questions.entries()) {
      progress.update(`${models[i]}: ${q} of ${questions.length} questions`);
      seen.push(watch(checkpoint, question, flags));
    }
    watched.push(seen);
  }
  const comparisons = questions.map((question, q) => ({ question, watched: watched.map((seen) => seen[q]) }));
  mkdirSync(flags.out, { recursive: true });
  writeFileSync(join(flags.out, "comparison.html"), attentionPage(models, comparisons));
  const content = comparisons.map(({ question, watched }) => ({
    name: question.name,
    models: watched.map(({ response, readings }, i) => ({
      model: paths[i],
      response,
      readings: readings.map(({ maps, ...reading }) => ({
        ...reading,
        maps: maps.map(({ values, ...map }) => ({ ...map, values: [...values] })),
      })),
    })),
  }));
  writeFileSync(join(flags.out, "attention.json"), `${JSON.stringify(content)}\n`);
  progress.say(`${questions.length} questions: ${join(flags.out, "comparison.html")}`);
}

async function ownChat(flags: Flags): Promise<WatchedQuestion> {
  const { images, text } = await ownQuestion(flags);
  const content: ContentItem[] = [...images.map(() => ({ type: "image" }) as const), { type: "text", text }];
  return { name: flags.image!.join(", "), prompt: text, chat: { messages: [{ role: "user", content }], images } };
}

async function readImage(file: string): Promise<Image> {
  try {
    return await decodePicture(readFileSync(file), { minSide: 1, maxSide: 4096 });
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}. Give a picture file.`);
  }
}
