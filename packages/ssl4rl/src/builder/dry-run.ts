import { tmpdir } from "node:os";
import { encodePng, type Need } from "@ssl4rl/core";
import { layoutNamed, openStored } from "@ssl4rl/data";
import { Mixture, recipeArms, type SkippedPicture } from "@ssl4rl/trainer";
import { Progress } from "../progress.js";
import { itemsOf } from "../sources.js";
import { imageTokens, type VisionFamily } from "./image-tokens.js";
import { rowStream, type Workshop } from "./make-file.js";
import { needsFiles, openKinds, planGraph } from "./open-kinds.js";
import { filesOf, type Plan, rowsOf, type Split, splits } from "./plan.js";
import { deal, dealOut, look } from "./survey.js";
import { mostTextTokens } from "./text-tokens.js";

/** Rows of each task made for an estimate. */
const SAMPLE = 50;

/** What tokens are counted for. */
export interface Counting {
  /** With the pixel limits that apply. */
  readonly family: VisionFamily;
  /** A limit above which a trainer would drop prompts; null for none. */
  readonly maxPromptTokens: number | null;
}

/** `--dry-run`: says what the set would be, from a few rows of each task, and writes nothing. */
export async function showEstimate(plan: Plan, counting: Counting, json: boolean): Promise<void> {
  const progress = new Progress();
  const arms = recipeArms(plan);
  const tasks = arms.map(({ task }) => task);
  const stored = needsFiles(plan, tasks) ? await openStored(plan.images, { spool: tmpdir() }) : null;
  const opened = await openKinds(plan, tasks, stored, await planGraph(plan, tasks, (state) => progress.update(state)));
  const places = new Map<Need | null, Readonly<Record<Split, readonly number[]>>>();
  let leftOut = 0;
  for (const [need, { source, skipped }] of opened) {
    progress.update(`looking at ${source.length} ${itemsOf(need)} of ${source.name}`);
    const survey = deal(await look(source, 0, source.length, plan.dedupe), plan.shares);
    const without = [...skipped, ...survey.skipped];
    leftOut += without.length;
    places.set(need, survey.places);
    const counts = splits.map((split) => `${survey.places[split].length} ${split}`).join(", ");
    progress.say(`${source.name}: ${source.length} ${itemsOf(need)}, ${without.length} left out; ${counts}`);
    for (const { file, reason } of without.slice(0, 10)) progress.say(`  left out: ${file}: ${reason}`);
  }
  const layout = layoutNamed(plan.format);
  const estimates = await estimate({ plan, arms, layout, sourceOf: dealOut(opened, places) }, counting, SAMPLE);
  const { name, minPixels, maxPixels } = counting.family;
  progress.say(`tokens as ${name} counts them, pictures of ${minPixels} to ${maxPixels} pixels`);
  for (const one of estimates) progress.say(describeEstimate(one, counting));
  const megabytes = estimates.reduce((sum, { rows, kilobytes }) => sum + (rows * kilobytes) / 1000, 0);
  const rows = splits.map((split) => `${rowsOf(plan)[split]} ${split}`).join(", ");
  progress.say(`rows: ${rows}; about ${megabytes.toFixed(0)} MB in ${filesOf(plan, layout.extension).length} files`);
  await stored?.close();
  if (json) console.log(JSON.stringify({ rows: rowsOf(plan), megabytes, leftOut, tasks: estimates }));
}

function describeEstimate(estimate: TaskEstimate, { maxPromptTokens }: Counting): string {
  const { task, rows, sampled, sizes, tokens, textTokens, overlong, kilobytes, skipped } = estimate;
  const most = Object.entries(sizes).sort(([, a], [, b]) => b - a);
  const shown = most.slice(0, 3).map(([size, count]) => `${size} (${count})`);
  const more = most.length > 3 ? `, ${most.length - 3} more` : "";
  const lines = [
    `${task}: ${rows} rows`,
    `  of ${sampled} made to see: ${tokens.mean.toFixed(0)} image tokens, at most ${tokens.most}; ${kilobytes.toFixed(0)} kB`,
    `  text and chat template: at most ${textTokens} tokens, a token for each byte`,
    `  pictures: ${shown.join(", ")}${more}`,
    ...skipped.slice(0, 5).map(({ picture, reason }) => `  of no use: ${picture}: ${reason}`),
  ];
  if (overlong) {
    const { certain, possible } = overlong;
    lines.push(
      `  dropped for more than ${maxPromptTokens} tokens: ${certain} of ${sampled} for their pictures alone` +
        (possible > 0 ? `, ${possible} more if their text has as many tokens as it can` : ""),
    );
  }
  if (skipped.length > 5) lines.push(`  of no use: ${skipped.length - 5} more`);
  return lines.join("\n");
}

/** What a build would make of one task, told from a sample of its rows. */
interface TaskEstimate {
  readonly task: string;
  /** Rows of the whole set, all splits together. */
  readonly rows: number;
  /** Rows that were made to see. */
  readonly sampled: number;
  /** `2 × 336x252`, each with the number of sampled rows that look so. */
  readonly sizes: Readonly<Record<string, number>>;
  /** Tokens of a row's pictures, the start and end mark of each included. */
  readonly tokens: { readonly mean: number; readonly most: number };
  /** No row's text and the chat template around it have more tokens. */
  readonly textTokens: number;
  /** Sampled rows over the limit on a prompt's tokens: by their pictures alone, and more if text is as long as it can be. */
  readonly overlong: { readonly certain: number; readonly possible: number } | null;
  /** Kilobytes of a row's pictures. */
  readonly kilobytes: number;
  readonly skipped: readonly SkippedPicture[];
}

/** Makes the first rows of the training split, `sample` per task, and writes nothing. */
async function estimate(
  workshop: Workshop,
  { family, maxPromptTokens }: Counting,
  sample: number,
): Promise<TaskEstimate[]> {
  const { plan, arms } = workshop;
  const split: Split = "train";
  const total = splits.reduce((sum, name) => sum + rowsOf(plan)[name], 0);
  const stream = rowStream(workshop, split);
  const wanted = Math.min(sample * arms.length, rowsOf(plan)[split]);
  const shares = arms.map(({ share }) => share);
  const mixture = Mixture.of(arms.length);
  const made = arms.map(({ label }) => ({
    label,
    rows: 0,
    sizes: {} as Record<string, number>,
    tokens: [] as number[],
    text: [] as number[],
    bytes: 0,
  }));
  for (let row = 0; row < total; row++) made[mixture.next(shares)].rows++;
  for (let index = 0; index < wanted; index++) {
    const arm = index % arms.length;
    const problem = await stream.pose({ arm, turn: Math.floor(index / arms.length) });
    const { images } = problem;
    const own = made[arm];
    const size = sizeOf(images);
    own.sizes[size] = (own.sizes[size] ?? 0) + 1;
    own.tokens.push(imageTokens(images, family));
    own.text.push(mostTextTokens(problem));
    own.bytes += images.reduce((sum, image) => sum + encodePng(image).length, 0);
  }
  return made.map(({ label, rows, sizes, tokens, text, bytes }) => ({
    task: label,
    rows,
    sampled: tokens.length,
    sizes,
    tokens: { mean: tokens.reduce((sum, count) => sum + count, 0) / tokens.length, most: Math.max(...tokens) },
    textTokens: Math.max(...text),
    overlong: maxPromptTokens === null ? null : overlongOf(tokens, text, maxPromptTokens),
    kilobytes: bytes / tokens.length / 1000,
    skipped: [...stream.skipped.values()].filter((one) => one.task === label),
  }));
}

function overlongOf(tokens: readonly number[], text: readonly number[], limit: number) {
  const certain = tokens.filter((count) => count > limit).length;
  return { certain, possible: tokens.filter((count, i) => count + text[i] > limit).length - certain };
}

function sizeOf(images: readonly { readonly width: number; readonly height: number }[]): string {
  const counts = new Map<string, number>();
  for (const { width, height } of images) {
    const size = `${width}x${height}`;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts].map(([size, count]) => (count > 1 ? `${count} × ${size}` : size)).join(" + ");
}
