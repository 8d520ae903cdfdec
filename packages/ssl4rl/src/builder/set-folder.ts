import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { hashFile, refusal } from "@ssl4rl/data";
import type { FileRecord } from "./make-file.js";
import type { FileOfSet } from "./plan.js";

/**
 * The folder of a set:
 *
 *     train-00000-of-00010.parquet …  reward.py  launch.sh  manifest.json
 *     .build/                         what is needed to go on: the build's fingerprint, a record of every file that is done
 *
 * Files appear whole or not at all, the manifest last. Shards of one set may share a folder, or be put together in one.
 */
export class SetFolder {
  private constructor(readonly path: string) {}

  /** An empty or new folder; with `resume`, also one where a build was begun. */
  static open(path: string, resume: boolean): SetFolder {
    const held = existsSync(path) ? readdirSync(path) : [];
    if (held.length > 0 && !held.includes(".build")) {
      throw new UserError(`${path} holds other files. Choose a new or empty folder with --out.`, 2);
    }
    if (held.length > 0 && !resume) {
      throw new UserError(
        `${path} already holds a build. Go on with --resume, or choose another folder with --out.`,
        2,
      );
    }
    return new SetFolder(path);
  }

  /** Makes the folder; what is there already must have been begun with the same plan on the same pictures. */
  claim(fingerprint: string): void {
    try {
      mkdirSync(join(this.path, ".build"), { recursive: true });
    } catch (error) {
      throw refusal(this.path, error, "--out");
    }
    const file = join(this.path, ".build", "fingerprint");
    if (!existsSync(file)) this.write(join(".build", "fingerprint"), fingerprint);
    else if (readFileSync(file, "utf8") !== fingerprint) {
      throw new UserError(
        `${this.path} holds a build from other pictures or settings; their rows would not go together. ` +
          "Repeat the settings it was begun with, or choose another folder with --out.",
      );
    }
  }

  /** The record of a file that is done, as far as its size tells; null when it is not. */
  recordOf({ name }: FileOfSet): FileRecord | null {
    const [file, record] = [join(this.path, name), join(this.path, ".build", `${name}.json`)];
    if (!existsSync(file) || !existsSync(record)) return null;
    const known = JSON.parse(readFileSync(record, "utf8")) as FileRecord;
    return statSync(file).size === known.bytes ? known : null;
  }

  /** The same, and every byte is what it was. */
  async soundRecordOf(file: FileOfSet): Promise<FileRecord | null> {
    const known = this.recordOf(file);
    if (!known) return null;
    const { sha256 } = await hashFile(join(this.path, file.name));
    return sha256 === known.sha256 ? known : null;
  }

  keepRecord(record: FileRecord): void {
    this.write(join(".build", `${record.name}.json`), `${JSON.stringify(record)}\n`);
  }

  /** Writes a small file, whole or not at all. */
  write(name: string, text: string): void {
    const path = join(this.path, name);
    // Shards may write the same file at the same moment.
    const partial = `${path}.${process.pid}.partial`;
    try {
      writeFileSync(partial, text);
      renameSync(partial, path);
    } catch (error) {
      throw refusal(path, error, "--out");
    }
  }

  /** A folder for what has to be unpacked on the way. */
  get spool(): string {
    return join(this.path, ".build", "spool");
  }

  /** Removes the spool, and the folder where nothing came of it. */
  sweep(): void {
    rmSync(this.spool, { recursive: true, force: true });
    for (const folder of [join(this.path, ".build"), this.path]) {
      if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
    }
  }
}
