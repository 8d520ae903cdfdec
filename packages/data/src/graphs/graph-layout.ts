import type { GraphBuilder, GraphWords } from "./graph-builder.js";
import type { GraphFiles } from "./graph-files.js";

/** A way in which graphs lie in files. */
export interface GraphLayout {
  /** What it looks for, for people. */
  readonly about: string;
  matches(files: GraphFiles): boolean;
  /** Reads the files into `graph`, and says what kind of graph it is. */
  read(files: GraphFiles, graph: GraphBuilder): Promise<Omit<GraphWords, "name">>;
}
