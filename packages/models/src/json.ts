import { readFileSync } from "node:fs";
import { UserError } from "@ssl4rl/core";

/** A parsed JSON object, nothing known about its members yet. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses a JSON object; a UserError names the file when the text is something else. */
export function parseObject(text: string, file: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file}: not valid JSON (${(error as Error).message}). Fetch the file again.`);
  }
  if (!isObject(value)) throw new UserError(`${file}: expected a JSON object, got ${brief(value)}.`);
  return value;
}

export function readObject(path: string): Json {
  return parseObject(readFileSync(path, "utf8"), path);
}

/** A value as an error message shows it: JSON, cut after 60 characters. */
export function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Reads members of one JSON object; every complaint names the file, the key, the value and the remedy. */
export class Fields {
  constructor(
    private readonly object: Json,
    private readonly file: string,
    private readonly path = "",
  ) {}

  /** The members of the object under `key`; undefined when absent. */
  child(key: string): Fields | undefined {
    const value = this.object[key];
    if (value === undefined || value === null) return undefined;
    if (!isObject(value)) throw this.error(key, "an object", value);
    return new Fields(value, this.file, `${this.path}${key}.`);
  }

  /** A finite number; `fallback` when absent. */
  number(key: string, fallback?: number): number {
    const value = this.object[key] ?? fallback;
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.error(key, "a number", value);
    return value;
  }

  /** A positive integer; `fallback` when absent. */
  count(key: string, fallback?: number): number {
    const value = this.number(key, fallback);
    if (!Number.isInteger(value) || value < 1) throw this.error(key, "a positive integer", value);
    return value;
  }

  numbers(key: string, fallback?: readonly number[]): readonly number[] {
    const value = this.object[key] ?? fallback;
    if (!Array.isArray(value) || !value.every((item) => Number.isFinite(item)))
      throw this.error(key, "a list of numbers", value);
    return value;
  }

  string(key: string, fallback?: string): string {
    const value = this.object[key] ?? fallback;
    if (typeof value !== "string") throw this.error(key, "a string", value);
    return value;
  }

  /** Undefined when absent. */
  boolean(key: string): boolean | undefined {
    const value = this.object[key] ?? undefined;
    if (value !== undefined && typeof value !== "boolean") throw this.error(key, "true or false", value);
    return value;
  }

  has(key: string): boolean {
    return this.object[key] !== undefined && this.object[key] !== null;
  }

  error(key: string, expected: string, value: unknown): UserError {
    return new UserError(
      `${this.file}: ${this.path}${key} must be ${expected}, got ${brief(value)}. Use the file that came with the checkpoint.`,
    );
  }
}
