import type { Graph } from "@ssl4rl/core";
import { openGraph } from "@ssl4rl/data";
import type { Benchmark, Contents } from "../benchmark.js";
import { accuracy, type Metric } from "../metric.js";
import { choiceProtocols } from "./choice-protocols.js";
import { answerRate, macroF1 } from "./graph-metrics.js";
import { linkQuestions } from "./link-questions.js";
import { nodeQuestions } from "./node-questions.js";
import { relationQuestions } from "./relation-questions.js";
import { tailQuestions } from "./tail-questions.js";

/** Questions of a benchmark, where its split has so many. */
const MOST = 1000;

const graphs = {
  cora: ["Cora", "text as in https://github.com/myflashbarry/LLM-benchmarking, links of LINQS"],
  pubmed: ["PubMed", "https://github.com/kimiyoung/planetoid, with titles"],
  wikics: ["WikiCS", "https://github.com/pmernyei/wiki-cs-dataset, data.json and metadata.json"],
  products: ["ogbn-products", "https://ogb.stanford.edu/docs/nodeprop, with titles"],
  fb15k237: ["FB15k-237", "https://github.com/TimDettmers/ConvE, names as in docs/graphs.md"],
  wn18rr: ["WN18RR", "https://github.com/TimDettmers/ConvE, glosses as in docs/graphs.md"],
} as const;

interface Kind {
  readonly graph: keyof typeof graphs;
  readonly id: string;
  readonly title: string;
  readonly questions: (graph: Graph) => Contents;
  readonly majority?: string;
  readonly metrics: readonly Metric[];
}

const benchmarkOf = ({ graph, id, title, questions, majority, metrics }: Kind): Benchmark => ({
  id: `${graph}-${id}`,
  title: `${graphs[graph][0]}, ${title}`,
  modality: "text",
  size: null,
  layouts: [
    {
      path: graph,
      from: `${graphs[graph][1]}; docs/graphs.md has the layouts`,
      read: async ([folder]) => questions(await openGraph(folder)),
    },
  ],
  protocols: choiceProtocols,
  metrics: [accuracy(), ...metrics],
  ...(majority === undefined ? {} : { majority }),
});

const nodeBenchmark = (graph: Kind["graph"]) =>
  benchmarkOf({
    graph,
    id: "node",
    title: "class of a node",
    questions: (opened) => nodeQuestions(opened, MOST),
    majority: "class",
    metrics: [macroF1("class")],
  });

const linkBenchmark = (graph: Kind["graph"]) =>
  benchmarkOf({
    graph,
    id: "link",
    title: "edge or none",
    questions: (opened) => linkQuestions(opened, MOST),
    majority: "edge",
    metrics: [
      answerRate("yes where there is one", "yes", "edge", "yes"),
      answerRate("yes where there is none", "yes", "edge", "no"),
    ],
  });

const relationBenchmark = (
  graph: Kind["graph"],
  names: number | "all",
  { id = "relation", apart = [] }: { readonly id?: string; readonly apart?: readonly Metric[] } = {},
) =>
  benchmarkOf({
    graph,
    id,
    title: `relation of a pair, of ${names === "all" ? "all names" : `${names} names`}`,
    questions: (opened) => relationQuestions(opened, MOST, names),
    majority: "relation",
    metrics: [macroF1("relation"), ...apart],
  });

/** A third of WN18RR's test pairs are linked in train, nearly all of them by the same relation the other way round. */
const groupsOfWn18rr = [
  accuracy("pairs linked in train", ({ labels }) => labels.linked === "yes"),
  accuracy("other pairs", ({ labels }) => labels.linked === "no"),
  accuracy("pairs with a word unseen in train", ({ labels }) => labels.seen === "no"),
];

const tailBenchmark = (graph: Kind["graph"]) =>
  benchmarkOf({
    graph,
    id: "tail",
    title: "end of an edge, of ten",
    questions: (opened) => tailQuestions(opened, MOST),
    metrics: [],
  });

/** Questions about published graphs; those of SSL4RL's Table 5 first. The lists are drawn once and for all by a fixed seed. */
export const graphBenchmarks: readonly Benchmark[] = [
  nodeBenchmark("cora"),
  nodeBenchmark("pubmed"),
  nodeBenchmark("wikics"),
  nodeBenchmark("products"),
  relationBenchmark("fb15k237", 10),
  relationBenchmark("wn18rr", "all", { apart: groupsOfWn18rr }),
  linkBenchmark("cora"),
  linkBenchmark("pubmed"),
  linkBenchmark("products"),
  relationBenchmark("fb15k237", "all", { id: "relation-all" }),
  tailBenchmark("fb15k237"),
  tailBenchmark("wn18rr"),
];
