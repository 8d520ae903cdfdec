import { Random, UserError } from "@ssl4rl/core";
import type { Benchmark } from "../benchmark.js";
import { answerTag } from "../extract/final-text.js";
import { accuracy } from "../metric.js";
import { type EvalProtocol, sameText } from "../protocol.js";
import { ssl4rlGeneration } from "../protocols/vlmevalkit.js";
import type { Question } from "../question.js";
import { readParquet } from "../read/read-parquet.js";
import type { Row } from "../read/row.js";

const ENDING =
  "The output answer format should be as follows: <think>...</think><answer>species name</answer>. " +
  "Please strictly follow the format.";

/** SSL4RL's questions (App. F) and its reward's rule: the first answer tag, equal to a name letter for letter. */
const exact: EvalProtocol = {
  name: "ssl4rl",
  source: "SSL4RL App. F; PKU-ML/SSL4RL 57c830a: verl/utils/reward_score/ssl4rl.py",
  generation: ssl4rlGeneration,
  ask({ text, choices }) {
    const options = choices
      ? `Please select the correct species name from the following options: ${Object.values(choices).join(", ")}. `
      : "";
    return `<image>${text} ${options}${ENDING}`;
  },
  extract(response) {
    const answer = answerTag(response.split("assistant\n").at(-1)!);
    return answer ? { answer, how: ["answer tag"] } : { answer: null, how: ["no answer tag"] };
  },
  right: sameText,
};

/** The same without regard to case, underscores and marks. */
const normalised: EvalProtocol = {
  ...exact,
  name: "ssl4rl-normalised",
  source: `${exact.source}, names compared in lower case without marks`,
  right: (answer, { target }) =>
    target.kind === "text" && target.accepted.some((name) => plain(name) === plain(answer)),
};

const plain = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** `choices`: how many names are shown; null for none (Completion). */
const imagenetWith = (choices: number | null): Benchmark => ({
  id: choices === null ? "imagenet-completion" : `imagenet-choice-${choices}`,
  title: choices === null ? "ImageNet-1K completion" : `ImageNet-1K choice-${choices}`,
  modality: "one image",
  size: 10000,
  layouts: ["ImageNet-Subset/data/test-*.parquet", "ImageNet-Subset/data/validation-*.parquet"].map((path) => ({
    path,
    from: "https://huggingface.co/datasets/PKU-ML/ImageNet-Subset",
    async read(files: readonly string[]) {
      const rows = (await Promise.all(files.map(readParquet))).flatMap((table) => table.rows);
      const namesOf = new Map(
        rows.map((row) => [
          row.text("label"),
          row
            .text("answer")
            .split(",")
            .map((name) => name.trim()),
        ]),
      );
      return { questions: rows.map((row, i) => question(row, i, namesOf, choices)), skipped: [] };
    },
  })),
  protocols: [exact, normalised],
  metrics: [accuracy()],
});

export const imagenetCompletion = imagenetWith(null);
/** The paper's tables name 20 and its appendix shows 10. */
export const imagenetChoice10 = imagenetWith(10);
export const imagenetChoice20 = imagenetWith(20);
export const imagenetChoice200 = imagenetWith(200);

function question(row: Row, index: number, namesOf: ReadonlyMap<string, string[]>, choices: number | null): Question {
  const label = row.text("label");
  const names = namesOf.get(label)!;
  const id = row.optional("filename") ?? `${index}`;
  const shown = choices === null ? null : draw(id, names, namesOf, choices);
  return {
    id,
    text: "This is an image containing an object. Please identify the species of the object based on the image.",
    images: [...row.images("image"), ...row.images("images")],
    ...(shown ? { choices: Object.fromEntries(shown.options.map((name) => [name, name])) } : {}),
    target: { kind: "text", accepted: shown ? [shown.answer] : names },
    group: id,
    labels: { label },
  };
}

/** Other classes drawn alike, each by one of its names; never by a name of the true class, and none twice. */
function draw(id: string, names: readonly string[], namesOf: ReadonlyMap<string, string[]>, count: number) {
  const random = Random.from("imagenet-choice", count, id);
  const answer = names[random.int(names.length)];
  const options = [answer];
  for (const others of random.shuffle([...namesOf.values()])) {
    if (options.length === count) break;
    const name = others[random.int(others.length)];
    if (!names.includes(name) && !options.includes(name)) options.push(name);
  }
  if (options.length < count) {
    throw new UserError(
      `ImageNet: ${count} names are to be shown, but the file has only ${namesOf.size} classes. Fetch all of it.`,
    );
  }
  return { answer, options: random.shuffle(options) };
}
