// Sampling beside transformers' `generate`, in turns: the same random checkpoint, prompts and number of threads. 8 prompts
// with two pictures of 336 x 336 each, 8 responses to each, which no token ends.
//   PYTHON=… npm run bench -- generate [small]          PYTHON names an interpreter with transformers.
// "prefill" is a call for one token, "decode" what the further ones take. Greedy responses tell whether both run the same
// model: they must be equal.

import { sampleTokens } from "@ssl4rl/models";
import { noGrad, scope } from "@ssl4rl/torch";
import { type Cost, costOf, median, question, ratio, withModelPair } from "./model-pair.js";

const sizes = {
  full: { side: 336, newTokens: 32, rounds: 3 },
  small: { side: 112, newTokens: 16, rounds: 1 },
};
const each = 8;

export default async function bench(): Promise<void> {
  const size = process.argv[3] === "small" ? "small" : "full";
  const { side, newTokens, rounds } = sizes[size];
  const prompts = Array.from({ length: 8 }, (_, i) => question(i, 8 * (i % 4), 2, side));
  await withModelPair("generate_peer.py", size, prompts, async ({ checkpoint, batch, peer }) => {
    const draw = (count: number, maxNewTokens: number, temperature: number) =>
      noGrad(() =>
        scope(() =>
          sampleTokens(
            checkpoint.model,
            checkpoint.prefill(batch),
            { each: count, maxNewTokens, temperature, seed: 0 },
            { stop: [], banned: [] },
          ),
        ),
      );
    const greedy = draw(1, newTokens, 0).ids.map(([ids]) => ids.join());
    const theirs: number[][] = (await peer.ask(`1 ${newTokens} greedy`)).ids;
    const equal = greedy.filter((ids, b) => ids === theirs[b].join()).length;
    console.log(`${equal} of ${greedy.length} greedy responses of ${newTokens} tokens are the same`);
    if (equal < greedy.length) throw new Error("The two do not run the same model.");

    const ours = { prefill: [] as Cost[], whole: [] as Cost[] };
    const other = { prefill: [] as Cost[], whole: [] as Cost[] };
    // Greedy sampling has warmed both up.
    for (let round = 0; round < rounds; round++) {
      const said: string[] = [];
      for (const [part, count] of [
        ["prefill", 1],
        ["whole", newTokens],
      ] as const) {
        const { cost } = costOf(() => draw(each, count, 1));
        const peers: Cost = (await peer.ask(`${each} ${count} sample`)).cost;
        ours[part].push(cost);
        other[part].push(peers);
        said.push(`${part} ${cost.clock.toFixed(2)} and ${peers.clock.toFixed(2)} s`);
      }
      console.log(`round ${round + 1}: ${said.join(", ")}`);
    }
    const [prefill, whole] = [median(ours.prefill), median(ours.whole)];
    const [theirPrefill, theirWhole] = [median(other.prefill), median(other.whole)];
    console.log(`${prompts.length * each} responses of ${newTokens} tokens, median of ${rounds}`);
    console.table({
      prefill: ratio(prefill, theirPrefill),
      decode: ratio(less(whole, prefill), less(theirWhole, theirPrefill)),
      whole: ratio(whole, theirWhole),
    });
    const rate = ({ clock }: Cost) => ((prompts.length * each * newTokens) / clock).toFixed(0);
    console.log(`tokens per second: ssl4rl ${rate(whole)}, transformers ${rate(theirWhole)}`);
  });
}

const less = (a: Cost, b: Cost): Cost => ({ clock: a.clock - b.clock, processor: a.processor - b.processor });
