import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "@ssl4rl/core";
import { readAt } from "./read-at.js";

/**
 * Picture files, with their names, written one behind the other into one file of a folder, to be read at random; three
 * numbers each stay in memory. The file loses its name as soon as it is open, so the system frees its room when the
 * process ends, however that happens.
 */
export class Spool {
  /** Three numbers a picture: where its name begins, where its bytes begin, and where they end. */
  readonly #places: number[] = [];
  #end = 0;

  private constructor(
    private readonly folder: string,
    private readonly file: FileHandle,
  ) {}

  static async in(folder: string): Promise<Spool> {
    try {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `pictures-${randomUUID()}.spool`);
      const file = await open(path, "wx+");
      await rm(path);
      return new Spool(folder, file);
    } catch (error) {
      throw cannotSpool(folder, error as Error);
    }
  }

  get length(): number {
    return this.#places.length / 3;
  }

  /** Takes a picture's bytes and returns its number. */
  async add(name: string, bytes: Uint8Array): Promise<number> {
    const label = Buffer.from(name);
    try {
      await this.file.appendFile(label);
      await this.file.appendFile(bytes);
    } catch (error) {
      throw cannotSpool(this.folder, error as Error);
    }
    const start = this.#end + label.length;
    this.#end = start + bytes.length;
    this.#places.push(start - label.length, start, this.#end);
    return this.length - 1;
  }

  /** Lists a picture once more, without taking its bytes again. */
  repeat(index: number): void {
    this.#places.push(...this.#places.slice(3 * index, 3 * index + 3));
  }

  async read(index: number): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
    const [name, start, end] = this.#places.slice(3 * index, 3 * index + 3);
    const bytes = await readAt(this.file, name, end - name);
    return { name: bytes.toString("utf8", 0, start - name), bytes: bytes.subarray(start - name) };
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function cannotSpool(folder: string, { message }: Error): UserError {
  return new UserError(
    `The pictures of the table cannot be put into ${folder}: ${message}. Free room there, or name another folder.`,
  );
}
