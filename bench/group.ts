// Forward and backward of one GRPO group beside the usual way, in turns: a prompt of about 512 tokens with two pictures, 8
// responses of 32 tokens. We compute the prompt once; transformers' models have it, pictures included, repeated before
// every response, and give logits for the responses alone (as TRL and verl do it).
//   PYTHON=… npm run bench -- group [small]          PYTHON names an interpreter with transformers.
// Loss and norms of gradients tell whether both compute the same.

import { Random } from "@ssl4rl/core";
import { completionLogprobs } from "@ssl4rl/models";
import { scope, stack, tensor } from "@ssl4rl/torch";
import { type Cost, costOf, median, question, ratio, withModelPair } from "./model-pair.js";

const sizes = {
  full: { words: 112, side: 336, R: 32, rounds: 3 },
  small: { words: 20, side: 112, R: 8, rounds: 1 },
};
const G = 8;

export default async function bench(): Promise<void> {
  const size = process.argv[3] === "small" ? "small" : "full";
  const { words, side, R, rounds } = sizes[size];
  await withModelPair("group_peer.py", size, [question(0, words, 2, side)], async ({ checkpoint, batch, peer }) => {
    const random = Random.from("bench", "responses");
    const ids = Array.from({ length: G }, () => Array.from({ length: R }, () => random.int(1000)));
    const advantages = ids.map((_, g) => (g % 2 === 0 ? 1 : -1) * (1 + g / G));
    const parameters = checkpoint.model.parameters();

    const pass = () =>
      scope(() => {
        const { logprobs } = completionLogprobs(checkpoint.model, checkpoint.prefill(batch), [ids], 1);
        const loss = logprobs
          .mul(tensor(advantages, [1, G, 1]))
          .mean()
          .neg();
        loss.backward();
        return loss.item();
      });
    /** Names that the two give their weights differ, so norms are told of groups of them. */
    const norm = (part: RegExp) =>
      scope(() => {
        const own = [...parameters].filter(([name]) => part.test(name));
        return stack(own.map(([, weight]) => weight.grad!.norm()))
          .norm()
          .item();
      });

    const ours: Cost[] = [];
    const theirs: Cost[] = [];
    let numbers: Record<string, number> = {};
    let others: Record<string, number> = {};
    for (let round = -1; round < rounds; round++) {
      for (const weight of parameters.values()) weight.grad = null;
      const { result: loss, cost } = costOf(pass);
      numbers = {
        loss,
        "gradient, vision tower": norm(/^visual\./),
        "gradient, embeddings": norm(/embed_tokens/),
        "gradient, decoder": norm(/^model\.(layers|norm)/),
      };
      const answer = await peer.ask(JSON.stringify({ ids, advantages }));
      others = answer.numbers;
      if (round < 0) continue; // the first round warms up
      ours.push(cost);
      theirs.push(answer.cost);
      console.log(`round ${round + 1}: ${cost.clock.toFixed(2)} and ${answer.cost.clock.toFixed(2)} s`);
    }
    console.log(`${G} responses of ${R} tokens, median of ${rounds}`);
    const compared = Object.entries(numbers).map(([name, mine]) => {
      const peers = others[name];
      return [name, { ssl4rl: mine, transformers: peers, difference: Math.abs(mine / peers - 1) }] as const;
    });
    console.table(Object.fromEntries(compared));
    if (compared.some(([, { difference }]) => !(difference < 1e-3))) {
      throw new Error("The two do not compute the same.");
    }
    console.table({ "forward and backward": ratio(median(ours), median(theirs)) });
  });
}
