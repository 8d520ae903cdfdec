import { balancedAnswers } from "@ssl4rl/core";
import { expect, it } from "vitest";
import { rowOrder } from "./answer-probes.js";
import type { SeenRow, TaskRows } from "./task-rows.js";

function rowsWith(answerAt: (place: number) => number, count: number): TaskRows {
  const rows = Array.from({ length: count }, (_, place): SeenRow => {
    const target = answerAt(place) === 0 ? "yes" : "no";
    return {
      task: "t",
      split: "all",
      target,
      pictures: [],
      graph: null,
      number: place,
      place,
      group: place,
      look: place,
    };
  });
  return { task: "t", rows, kind: { name: "other" }, answers: ["no", "yes"] };
}

it("answers mixed in blocks raise no more alarms about their order than they may", () => {
  const sets = 100;
  const alarms = Array.from({ length: sets }, (_, seed) => rowOrder(rowsWith(balancedAnswers(2, "mixed", seed), 400))!);
  // One in twenty each of two tests, and three standard errors.
  expect(alarms.filter(({ p }) => p < 0.05).length).toBeLessThan(0.1 * sets + 9);
});

it("answers that come again after a while are an order", () => {
  const answer = balancedAnswers(2, "mixed", 0);
  expect(rowOrder(rowsWith((place) => answer(place % 90), 400))!.p).toBeLessThan(1e-9);
});
