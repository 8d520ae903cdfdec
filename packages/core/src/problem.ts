import type { Image } from "./image.js";
import type { Protocol } from "./protocol.js";
import { Random } from "./random.js";
import { isSkip, type Picture, type Skip } from "./source.js";
import type { Task } from "./task.js";

/** What a response earned, before weights. A format error is not a wrong answer: it has `format: false`. */
export interface Verdict {
  /** 0..1; 0 for a format error. */
  readonly accuracy: number;
  /** True when the response follows the protocol and its answer block holds an answer of the task's kind. */
  readonly format: boolean;
  /** The answer as read, in its canonical print; null for a format error. */
  readonly given: string | null;
}

/** A task posed on one picture. The answer's type is closed over, so nothing downstream needs it. */
export interface Problem {
  /** Names the row: picture, task, options, answer, variant and protocol. Same key, same problem. */
  readonly key: string;
  readonly task: Task;
  readonly picture: string;
  readonly images: readonly Image[];
  readonly prompt: string;
  /** The true answer as the task prints it. */
  readonly target: string;
  /** A response that earns everything. */
  readonly solution: string;
  verify(response: string): Verdict;
}

/**
 * Poses `task` on `picture`. `answerIndex` chooses the true answer (see {@link balancedAnswers}); `variant` tells apart
 * several problems made of one picture. Everything else follows from the picture's content and the task.
 */
export function pose<Answer>(
  picture: Picture,
  task: Task<Answer>,
  protocol: Protocol,
  answerIndex: number,
  variant: number,
): Problem | Skip {
  // The protocol is no part of the draw: every protocol shows the same pictures.
  const draw = `${picture.id}:${task.id}:${JSON.stringify(task.options)}:${answerIndex}:${variant}`;
  const answer = task.answers.at(answerIndex);
  const corruption = task.corrupt(picture.image, answer, Random.from(draw));
  if (isSkip(corruption)) return corruption;
  const target = task.answers.print(answer);
  return {
    key: `${draw}:${protocol.name}`,
    task: task as Task,
    picture: picture.name,
    images: corruption.images,
    prompt: `${task.prompt}\n${protocol.instruction}`,
    target,
    solution: protocol.wrap(target),
    verify: (response) => verify(response, answer, task, protocol),
  };
}

function verify<Answer>(response: string, truth: Answer, task: Task<Answer>, protocol: Protocol): Verdict {
  const text = protocol.read(response);
  const given = text === null ? null : task.answers.parse(text);
  if (given === null) return { accuracy: 0, format: false, given: null };
  return { accuracy: task.answers.compare(given, truth), format: true, given: task.answers.print(given) };
}

/**
 * Answer indices for problem 0, 1, 2, …: every block of `size` consecutive problems holds each answer once, in an order
 * drawn from the names. A prefix of a set is then as balanced as the whole. Spaces too large to balance are uniform.
 */
export function balancedAnswers(size: number, ...names: readonly (string | number)[]): (index: number) => number {
  if (size > 1024) return (index) => Random.from(...names, index).int(size);
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
