import { fetchSnapshot } from "@ssl4rl/hub";

/**
 * Brings the Parquet files of a data set from the Hugging Face Hub into the cache that Python shares, and returns the
 * folder of its latest commit there. Files that are there already stay. Throws a UserError when there is no such data set,
 * it has no Parquet files or one cannot be had whole.
 */
export function fetchHubDataset(name: string): Promise<string> {
  const files = { kind: "Parquet files", matches: (path: string) => path.endsWith(".parquet") };
  return fetchSnapshot({ type: "dataset", name, files });
}
