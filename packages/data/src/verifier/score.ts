import { answerKind, protocols, reward, verifier } from "@ssl4rl/core";
import type { Question } from "./question.js";

/** What a response earned, under the names that trainers log. assets/reward.py gives the same for the same row. */
export interface Score {
  /** The reward. */
  readonly score: number;
  /** 1 for the true answer, else 0. */
  readonly acc: number;
  /** Share of right parts, 0..1; 0 for a format error. */
  readonly partial: number;
  /** 1 for a response in the form, else 0. */
  readonly format: number;
  /** The answer as read, in its canonical print; empty for a format error. */
  readonly pred: string;
  /** A row that cannot be judged is a UserError here; in Python, under a trainer, it is 1. */
  readonly error: 0;
}

/** Judges responses to one question. */
export function scorer({ target, answer, protocol, reward: weights }: Question): (response: string) => Score {
  const verify = verifier(answerKind(answer), protocols.find(({ name }) => name === protocol)!, target);
  return (response) => {
    const verdict = verify(response);
    return {
      score: reward(verdict, weights),
      acc: verdict.accuracy,
      partial: verdict.partial,
      format: verdict.format ? 1 : 0,
      pred: verdict.given ?? "",
      error: 0,
    };
  };
}
