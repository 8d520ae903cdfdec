import { type Graph, makeGraph, Random } from "@ssl4rl/core";

const NODES = 400;
const TOPICS = 20;
const WORDS_OF_TOPIC = 24;
const GLUE = "a of the for and in with on to by from using is as at".split(" ");
const KINDS = "person place film team award school band book game city river club".split(" ");

/**
 * A graph of made-up texts on topics: nodes of one topic have words in common and are mostly joined to each other. `words` are
 * English words; the others are made of syllables. A knowledge graph has entities of some kinds, and relations that lead from one
 * kind to another.
 */
export function madeUpGraph(seed: number, words: readonly string[], knowledge: boolean): Graph {
  const random = Random.from("made-up-graph", seed);
  const topics = Array.from({ length: TOPICS }, () =>
    Array.from({ length: WORDS_OF_TOPIC }, () => (random.chance(0.85) ? random.pick(words) : madeUpWord(random))),
  );
  const general = Array.from({ length: 60 }, () => random.pick(words));
  const kinds = random.shuffle([...KINDS]).slice(0, 6);
  const topicOf = Array.from({ length: NODES }, (_, node) => node % TOPICS);
  const kindOf = Array.from({ length: NODES }, () => random.int(kinds.length));
  const nodes = topicOf.map((topic, node) =>
    knowledge
      ? {
          title: titled(phrase(topics[topic], general, 1 + random.int(3), 0.7, random)),
          body: `${kinds[kindOf[node]]} ${phrase(topics[topic], general, 2 + random.int(5), 0.5, random)}`,
        }
      : {
          title: (random.chance(0.8) ? titled : String)(
            phrase(topics[topic], general, 3 + random.int(6), 0.55, random),
          ),
          body: phrase(topics[topic], general, 8 + random.int(16), 0.45, random),
        },
  );
  const drawn = Array.from({ length: knowledge ? 12 : 0 }, () => ({
    text: phrase(general, words, 1 + random.int(3), 0.5, random),
    from: random.int(kinds.length),
    to: random.int(kinds.length),
  }));
  const relations = [...new Map(drawn.map((relation) => [relation.text, relation])).values()];
  const edges = Array.from({ length: 3 * NODES }, () => {
    const relation = random.int(Math.max(1, relations.length));
    const head = some(({ kind }) => !knowledge || kind === relations[relation].from);
    const close = random.chance(0.85);
    const tail = some(
      ({ kind, topic }) => (!knowledge || kind === relations[relation].to) && (!close || topic === topicOf[head]),
    );
    return { head, tail, relation };
  }).filter(({ head, tail }) => head !== tail);
  return makeGraph({
    name: `made-up-${seed}`,
    about: random.pick(knowledge ? ABOUT.knowledge : ABOUT.text),
    noun: knowledge ? "entity" : random.pick(["paper", "product", "page", "node"]),
    nodes,
    edges,
    directed: knowledge,
    ...(knowledge ? { relations: relations.map(({ text }) => text) } : {}),
  });

  /** A node that fits, or any where some tries found none. */
  function some(fits: (node: { readonly kind: number; readonly topic: number }) => boolean): number {
    for (let attempt = 0; attempt < 400; attempt++) {
      const node = random.int(NODES);
      if (fits({ kind: kindOf[node], topic: topicOf[node] })) return node;
    }
    return random.int(NODES);
  }
}

/** Sentences that open a question. */
const ABOUT = {
  text: [
    "Papers that cite each other.",
    "Papers on machine learning; an edge joins two papers of which one cites the other.",
    "Medical papers on diabetes; an edge joins two papers of which one cites the other.",
    "Products of an online shop; an edge joins two products that are bought together.",
    "Encyclopedia pages on computer science; an edge is a link from one page to another.",
  ],
  knowledge: ["Facts that relate entities to each other.", "Words and how their meanings are related."],
};

function phrase(
  topic: readonly string[],
  general: readonly string[],
  count: number,
  share: number,
  random: Random,
): string {
  const words: string[] = [];
  for (let i = 0; i < count; i++) {
    // The first words of a topic are its commonest.
    const own = topic[Math.floor(topic.length * random.float() ** 1.6)];
    words.push(random.chance(share) || i === 0 ? own : random.pick(general));
    if (i + 1 < count && random.chance(0.35)) words.push(random.pick(GLUE));
  }
  return words.join(" ");
}

/** As titles are written: Words and Their Use. */
function titled(text: string): string {
  return text
    .split(" ")
    .map((word, i) => (i > 0 && GLUE.includes(word) ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(" ");
}

function madeUpWord(random: Random): string {
  const syllable = () =>
    `${random.pick("b c d f g h j k l m n p r s t v w z br ch cl dr fl gr pl pr sh st th tr".split(" "))}` +
    `${random.pick("a e i o u a e i o ai ea io ou".split(" "))}${random.pick(["", "", "", "n", "r", "s", "l", "t", "m", "x"])}`;
  return Array.from({ length: 2 + random.int(2) }, syllable).join("");
}
