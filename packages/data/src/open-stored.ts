import { stat } from "node:fs/promises";
import { extname } from "node:path";
import { UserError } from "@ssl4rl/core";
import { isHubId } from "@ssl4rl/hub";
import { filesUnder } from "./files-under.js";
import { fetchHubDataset } from "./hub-dataset.js";
import { isPictureName } from "./picture-names.js";
import type { Stored } from "./stored.js";
import { openStoredFolder } from "./stored-folder.js";
import { openStoredParquet, type StoredParquetOptions } from "./stored-parquet.js";
import { openStoredTar } from "./stored-tar.js";
import { openStoredTsv } from "./stored-tsv.js";

const POSSIBLE =
  "Give a folder of pictures, a .tar file of pictures (WebDataset), a .parquet file with a column of pictures " +
  "(Hugging Face datasets), a .tsv file with pictures in base64 (VLMEvalKit), a folder of one kind of these, or the name owner/name of a data set on the Hugging Face Hub.";

/**
 * Pictures wherever they are kept: the kind follows from the path. What is no path but has the form `owner/name` is fetched
 * from the Hugging Face Hub. Throws a UserError where there are no pictures.
 */
export async function openStored(path: string, options: StoredParquetOptions): Promise<Stored> {
  const info = await stat(path).catch(() => null);
  if (!info && isHubId(path)) {
    return { ...(await openStored(await fetchHubDataset(path), options)), name: path };
  }
  if (!info) throw new UserError(`There is no ${path}. ${POSSIBLE}`);
  const kind = info.isDirectory() ? await kindOfFolder(path) : kindOfFile(path);
  const stored = await open(kind, path, options);
  if (stored.length > 0) return stored;
  await stored.close();
  const reasons = stored.skipped.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
  throw new UserError(`No pictures in ${path}: ${reasons.join("; ") || "it is empty"}. ${POSSIBLE}`);
}

type Kind = "pictures" | "tar" | "parquet" | "tsv";

function open(kind: Kind, path: string, options: StoredParquetOptions): Promise<Stored> {
  if (kind === "tar") return openStoredTar(path);
  if (kind === "parquet") return openStoredParquet(path, options);
  return kind === "tsv" ? openStoredTsv(path, options) : openStoredFolder(path);
}

function kindOfFile(path: string): Kind {
  const kind = kindByName(path);
  if (!kind || kind === "pictures") throw new UserError(`${path} is no file of many pictures. ${POSSIBLE}`);
  return kind;
}

async function kindOfFolder(folder: string): Promise<Kind> {
  const { files } = await filesUnder(folder);
  const counts = new Map<Kind, number>();
  for (const file of files) {
    const kind = kindByName(`${folder}/${file}`);
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  // Tables beside pictures describe them.
  if (counts.size > 1) counts.delete("tsv");
  if (counts.size > 1) {
    const found = [...counts].map(([kind, count]) => `${count} ${kind === "pictures" ? kind : `.${kind}`}`);
    throw new UserError(`${folder} holds ${found.join(" and ")}; which of them is meant? ${POSSIBLE}`);
  }
  return [...counts.keys()][0] ?? "pictures";
}

/** What the name of a file says of it. Throws a UserError for kinds that must be rewritten first. */
function kindByName(path: string): Kind | null {
  if (/\.(tgz|tar\.(gz|bz2|xz|zst))$/i.test(path)) {
    throw new UserError(`${path} is compressed, so its members cannot be read at random. Unpack it to a plain .tar.`);
  }
  const extension = extname(path).toLowerCase();
  if (extension === ".arrow") {
    throw new UserError(
      `${path} is of datasets' save_to_disk, which is not read. Open it with load_from_disk and write each split with to_parquet.`,
    );
  }
  if (extension === ".tar") return "tar";
  if (extension === ".parquet") return "parquet";
  if (extension === ".tsv") return "tsv";
  return isPictureName(path) ? "pictures" : null;
}
