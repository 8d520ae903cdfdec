import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * The files below `folder` that a path names, in the order of their names. In a part of the path, `*` stands for anything:
 * `MMMU/*-val/x.parquet`.
 */
export async function findFiles(folder: string, path: string): Promise<string[]> {
  const [part, ...rest] = path.split("/");
  if (!part.includes("*")) {
    const next = join(folder, part);
    if (rest.length > 0) return findFiles(next, rest.join("/"));
    const info = await stat(next).catch(() => null);
    return info ? [next] : [];
  }
  const pattern = new RegExp(
    `^${part
      .split("*")
      .map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  );
  const names = (await readdir(folder).catch(() => [])).filter((name) => pattern.test(name)).sort();
  if (rest.length === 0) return names.map((name) => join(folder, name));
  return (await Promise.all(names.map((name) => findFiles(join(folder, name), rest.join("/"))))).flat();
}
