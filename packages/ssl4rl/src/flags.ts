import { InvalidArgumentError } from "commander";

/** A flag's value as a whole number, 0 or more. */
export function wholeNumber(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new InvalidArgumentError("it takes a whole number, 0 or more.");
  return Number(text);
}

/** The same from 1 on. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError("it takes a whole number, 1 or more.");
  return value;
}
