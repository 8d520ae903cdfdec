import type { AnswerKind } from "./answer.js";
import { UserError } from "./errors.js";
import type { Image } from "./image.js";
import type { Protocol } from "./protocol.js";
import { Random } from "./random.js";
import { type Item, isSkip, type Skip } from "./source.js";
import type { Drawn, Need, Task } from "./task.js";

/** What a response earned, before weights. A format error is not a wrong answer: it has `format: false`. */
export interface Verdict {
  /** 1 for the true answer, else 0. */
  readonly accuracy: number;
  /** Share of the answer's parts that are right, 0..1: `accuracy` again for answers of one part; 0 for a format error. */
  readonly partial: number;
  /** True when the response follows the protocol and its answer block holds an answer of the task's kind. */
  readonly format: boolean;
  /** The answer as read, in its canonical print; null for a format error. */
  readonly given: string | null;
}

/** A task posed on one item. The answer's type is closed over, so nothing downstream needs it. */
export interface Problem {
  /** Names the row: item, task, options, answer, variant and protocol. Same key, same problem. */
  readonly key: string;
  readonly task: Task;
  readonly protocol: Protocol;
  /** What answers it takes: those of its task, or some of its own. */
  readonly answers: AnswerKind<unknown>;
  /** Name of the picture, or of the node of a graph. */
  readonly picture: string;
  readonly images: readonly Image[];
  /** Words before each picture; empty when they stand unnamed. */
  readonly labels: readonly string[];
  readonly prompt: string;
  /** What the task drew. */
  readonly drawn: Readonly<Record<string, Drawn>>;
  /** The true answer as the task prints it. */
  readonly target: string;
  /** A response that earns everything. */
  readonly solution: string;
  verify(response: string): Verdict;
}

/**
 * Poses `task` on `item`. `answerIndex` chooses the true answer (see {@link balancedAnswers}); `variant` tells apart
 * several problems made of one item; `others` are as many further items as the task shows (see companions.ts).
 * Everything else follows from the item's content and the task.
 */
export function pose<Answer, Posed extends Item>(
  item: Posed,
  task: Task<Answer, Posed>,
  protocol: Protocol,
  answerIndex: number,
  variant: number,
  others: readonly Posed[] = [],
): Problem | Skip {
  if (task.needs && !(item as Partial<Record<Need, unknown>>)[task.needs]) return { skip: `has no ${task.needs}` };
  // The protocol is no part of the draw: every protocol shows the same.
  const draw = `${item.id}:${task.id}:${JSON.stringify(task.options)}:${answerIndex}:${variant}`;
  const answer = task.answers.at(answerIndex);
  const corruption = task.corrupt(item, answer, Random.from(draw), others);
  if (isSkip(corruption)) return corruption;
  const { answers, answer: truth } = corruption.own ?? { answers: task.answers, answer };
  const target = answers.print(truth);
  return {
    key: `${draw}:${protocol.name}`,
    task: task as Task,
    protocol,
    answers: answers as AnswerKind<unknown>,
    picture: item.name,
    images: corruption.images,
    labels: corruption.labels ?? [],
    prompt: `${corruption.prompt ?? task.prompt}\n${protocol.instruction}`,
    drawn: corruption.drawn ?? {},
    target,
    solution: protocol.wrap(target),
    verify: verifier(answers, protocol, target),
  };
}

/** What judges responses, made of what a row holds: no picture is needed. `target` is the true answer as `answers` prints it. */
export function verifier<Answer>(
  answers: AnswerKind<Answer>,
  protocol: Protocol,
  target: string,
): (response: string) => Verdict {
  const truth = answers.parse(target);
  if (truth === null)
    throw new UserError(`The target ${JSON.stringify(target)} is no answer of its kind: ${answers.form}.`);
  return (response) => verify(response, truth, answers, protocol);
}

function verify<Answer>(response: string, truth: Answer, answers: AnswerKind<Answer>, protocol: Protocol): Verdict {
  const text = protocol.read(response);
  const given = text === null ? null : answers.parse(text);
  if (given === null) return { accuracy: 0, partial: 0, format: false, given: null };
  const partial = answers.compare(given, truth);
  return { accuracy: partial === 1 ? 1 : 0, partial, format: true, given: answers.print(given) };
}

/**
 * Answer indices for problem 0, 1, 2, …: every block of `size` consecutive problems holds each answer once, in an order
 * drawn from the names. A prefix of a set is then as balanced as the whole. Spaces too large to balance are uniform, free
 * text (of infinite size) too.
 */
export function balancedAnswers(size: number, ...names: readonly (string | number)[]): (index: number) => number {
  if (size > 1024) return (index) => Random.from(...names, index).int(Math.min(size, 2 ** 32));
  let block = -1;
  let order: number[] = [];
  return (index) => {
    const wanted = Math.floor(index / size);
    if (wanted !== block) {
      block = wanted;
      order = Random.from(...names, "block", block).shuffle(Array.from({ length: size }, (_, i) => i));
    }
    return order[index % size];
  };
}
