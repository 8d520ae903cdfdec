import { homedir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError, Option } from "commander";

/** `--data`, where VLMEvalKit keeps its files unless told otherwise. */
export function dataOption(): Option {
  return new Option("--data <dir>", "where the benchmarks' files lie")
    .env("LMUData")
    .default(join(homedir(), "LMUData"), "~/LMUData");
}

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

/** A flag's value as whole numbers and ranges of them: `0,3-5` is 0, 3, 4 and 5. */
export function numberList(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [, first, last = first] = /^([0-9]+)(?:-([0-9]+))?$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first)) {
      throw new InvalidArgumentError("it takes whole numbers and ranges of them, as 0,3-5.");
    }
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => Number(first) + i);
  });
}

/** A flag's value as the name of a device. */
export function deviceName(text: string): string {
  if (!/^(cpu|cuda(:[0-9]+)?)$/.test(text)) throw new InvalidArgumentError("it takes cpu, cuda, or cuda:1 and so on.");
  return text;
}

/** A flag's value as the side of a picture, in pixels: whole visual tokens. */
export function pictureSide(text: string): number {
  const side = wholeNumber(text);
  if (side < 56 || side > 2240 || side % 28 !== 0) {
    throw new InvalidArgumentError("it takes a multiple of 28 (pixels) from 56 to 2240.");
  }
  return side;
}

/** A flag's value as a share. */
export function share(text: string): number {
  const value = Number(text);
  if (!/^0?\.?[0-9]+$/.test(text) || !(value >= 0 && value < 1)) {
    throw new InvalidArgumentError("it takes a share from 0 to below 1, such as 0.05.");
  }
  return value;
}
