import type { GraphFile } from "./graph-files.js";
import type { GraphLayout } from "./graph-layout.js";
import { addEdge } from "./read-edges.js";
import { readLines, readObjects } from "./text-lines.js";

/**
 * Wikispeedia (West, Pineau and Precup 2009): `articles.tsv`, `links.tsv` and `categories.tsv` with percent-encoded names, and the
 * articles' texts where `articles.jsonl` lies with them. A page's class is its top subject where it has one alone. The texts'
 * header is not read: it names the subjects.
 */
export const wikispeediaLayout: GraphLayout = {
  about: "Wikispeedia's articles.tsv and links.tsv",
  matches: (files) => files.find("articles.tsv") !== null && files.find("links.tsv") !== null,
  async read(files, graph) {
    await readRows(files.find("articles.tsv"), ([name]) => graph.describe(graph.node(name), { title: titleOf(name) }));
    const texts = files.find("articles.jsonl");
    if (texts) {
      await readObjects(texts, ({ article, text_first_1000: text }) => {
        const node = graph.find(String(article));
        if (node === undefined) graph.leaveOut("texts of pages that are not listed", String(article));
        else graph.describe(node, { body: typeof text === "string" ? text : null });
      });
    }
    const subjects = new Map<string, Set<string>>();
    await readRows(files.find("categories.tsv"), ([name, category = ""]) => {
      const top = category.split(".")[1];
      if (top) subjects.set(name, (subjects.get(name) ?? new Set()).add(top.replaceAll("_", " ")));
    });
    for (const [name, tops] of subjects) {
      const node = graph.find(name);
      if (node === undefined) graph.leaveOut("categories of pages that are not listed", name);
      else if (tops.size === 1) graph.describe(node, { class: [...tops][0] });
      else graph.leaveOut("classes of pages with several top subjects", name);
    }
    await readRows(files.find("links.tsv"), ([from, to = ""]) => addEdge(graph, true, from, null, to, "train"));
    return { about: "Encyclopedia pages; an edge is a link from one page to another.", noun: "page", directed: true };
  },
};

/** Rows of a tab-separated file without its comments. */
async function readRows(file: GraphFile | null, visit: (cells: string[]) => void): Promise<void> {
  if (!file) return;
  await readLines(file, (line) => {
    if (line !== "" && !line.startsWith("#")) visit(line.split("\t"));
  });
}

function titleOf(name: string): string {
  try {
    return decodeURIComponent(name).replaceAll("_", " ");
  } catch {
    return name.replaceAll("_", " ");
  }
}
