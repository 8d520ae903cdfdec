import { InvalidArgumentError } from "commander";

/** A flag's value as a whole number, 0 or more. */
export function wholeNumber(text: string): number {
  if (!/^[0-9]+$/.test(text)) throw new InvalidArgumentError("it takes a whole number, 0 or more.");
  return Number(text);
}
