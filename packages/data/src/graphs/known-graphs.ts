import type { GraphWords } from "./graph-builder.js";

/** Words for published graphs whose files do not say what they are about, by the folder's name in small letters and digits. */
export const knownGraphs: Readonly<Record<string, Partial<GraphWords>>> = {
  cora: { about: "Papers on machine learning; an edge joins two papers of which one cites the other.", noun: "paper" },
  pubmed: {
    about: "Medical papers on diabetes; an edge joins two papers of which one cites the other.",
    noun: "paper",
  },
  products: {
    about: "Products of an online shop; an edge joins two products that are bought together.",
    noun: "product",
  },
  ogbnproducts: {
    about: "Products of an online shop; an edge joins two products that are bought together.",
    noun: "product",
  },
  ogbnarxiv: {
    about: "Papers on computer science; an edge joins two papers of which one cites the other.",
    noun: "paper",
  },
};
