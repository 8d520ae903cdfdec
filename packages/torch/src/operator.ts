import { type DType, dtypeCode } from "./dtype.js";
import { native } from "./native.js";
import type { Tensor } from "./tensor.js";

/**
 * An operator of libtorch as a function. Arguments come in the schema's order; keyword arguments (and any others, by
 * name) in a plain object at the end. `undefined` leaves an argument out, `null` is none. Tensors are Tensor, lists are
 * arrays, dtypes and devices their names. An operator that writes into an argument gives that very Tensor back.
 */
// biome-ignore lint/suspicious/noExplicitAny: the result is whatever the named schema says
export type Operator<R = any> = (...args: unknown[]) => R;

/** Puts one value into the shared buffer at `position`, or throws what is wrong with it. */
type Encode = (value: unknown) => void;
type Decode = () => unknown;

let buffer: Float64Array;
let position = 0;

const operators = new Map<string, Operator>();
const strings = new Map<string, number>();
let wrap: (handle: number) => Tensor;

/** Tells this file how to make a Tensor of a handle, so that it need not import the class that is built on it. */
export function makeTensorsWith(make: (handle: number) => Tensor): void {
  wrap = make;
}

/**
 * The operator of that name and overload, for example `op("aten::add.Tensor")(a, b, { alpha: 2 })`. It is looked up at
 * its first call, so that naming one needs no libtorch. Throws there if this libtorch does not have it.
 */
// biome-ignore lint/suspicious/noExplicitAny: as above
export function op<R = any>(name: string): Operator<R> {
  let run: Operator<R> = (...args) => {
    run = operators.get(name) ?? compile(name);
    operators.set(name, run);
    return run(...args);
  };
  return (...args) => run(...args);
}

/** Whether this libtorch has the operator. */
export function hasOp(name: string): boolean {
  const engine = native();
  try {
    engine.lookup(name);
    return true;
  } catch {
    return false;
  }
}

interface Argument {
  readonly name: string;
  readonly encode: Encode;
}

function compile(name: string): Operator {
  const engine = native();
  const [schema, results, ...lines] = engine.lookup(name).split("\n");
  buffer = engine.buffer;
  const index = buffer[0];
  const args: Argument[] = [];
  let positional = 0;
  for (const line of lines) {
    const [argument, code, tagged, length, keywordOnly, hasDefault] = line.split(" ");
    args.push({ name: argument, encode: encoder(code, tagged === "1", Number(length), hasDefault === "1") });
    if (keywordOnly === "0") positional++;
  }
  const places = new Map(args.map((argument, place) => [argument.name, place]));
  const count = args.length;
  const decode = decoder(results);
  const { call } = engine;

  return (...given) => {
    let last = given.length;
    const named = last > 0 && isPlainObject(given[last - 1]) ? (given[--last] as Record<string, unknown>) : undefined;
    if (last > positional)
      throw new TypeError(`${name} takes ${positional} in order, got ${last}\n  schema: ${schema}`);
    if (named) {
      for (let place = last; place < count; place++) given[place] = undefined;
      for (const key in named) {
        const place = places.get(key);
        if (place === undefined) throw new TypeError(`${name} has no argument "${key}"\n  schema: ${schema}`);
        if (place < last) throw new TypeError(`${name}: argument "${key}" is given twice\n  schema: ${schema}`);
        given[place] = named[key];
      }
    }
    position = 1;
    buffer[0] = index;
    let place = 0;
    try {
      for (; place < count; place++) args[place].encode(given[place]);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new TypeError(`${name}: argument "${args[place].name}" ${why}\n  schema: ${schema}`);
    }
    call();
    position = 0;
    return decode(given);
  };
}

const isPlainObject = (value: unknown) =>
  typeof value === "object" && value !== null && (value.constructor === Object || value.constructor === undefined);

/** Writes the tag of native/engine.h first, where the argument has one: 0 left out, 1 given, 2 none. */
function encoder(code: string, tagged: boolean, length: number, hasDefault: boolean): Encode {
  const encode = encoderOf(code, length);
  if (!tagged) {
    return (value) => {
      if (value === undefined || value === null) throw new TypeError("is missing");
      encode(value);
    };
  }
  return (value) => {
    if (value === undefined) {
      buffer[position++] = hasDefault ? 0 : 2;
    } else if (value === null) {
      buffer[position++] = 2;
    } else {
      buffer[position++] = 1;
      encode(value);
    }
  };
}

/** `length` is that of lists such as `int[2] stride`, for which one number stands for all. */
function encoderOf(code: string, length: number): Encode {
  switch (code[0]) {
    case "T":
      return (value) => {
        const handle = (value as Tensor).handle;
        if (typeof handle !== "number") throw new TypeError(`must be a Tensor, got ${show(value)}`);
        buffer[position++] = handle;
      };
    case "i":
      return (value) => {
        if (typeof value === "number") {
          if (!Number.isSafeInteger(value)) throw new TypeError(`must be an integer, got ${value}`);
          buffer[position++] = value;
        } else if (typeof value === "string") {
          buffer[position++] = dtypeCode(value as DType);
        } else if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) {
          buffer[position++] = Number(value);
        } else {
          throw new TypeError(`must be an integer or the name of a dtype, got ${show(value)}`);
        }
      };
    case "f":
      return (value) => {
        if (typeof value !== "number") throw new TypeError(`must be a number, got ${show(value)}`);
        buffer[position++] = value;
      };
    case "b":
      return (value) => {
        if (typeof value !== "boolean") throw new TypeError(`must be true or false, got ${show(value)}`);
        buffer[position++] = value ? 1 : 0;
      };
    case "S":
      return encodeScalar;
    case "s":
    case "d":
      return (value) => {
        if (typeof value !== "string") throw new TypeError(`must be a string, got ${show(value)}`);
        buffer[position++] = intern(value);
      };
    case "g":
      return (value) => {
        const index = (value as { generatorIndex?: unknown }).generatorIndex;
        if (typeof index !== "number") throw new TypeError(`must be a Generator, got ${show(value)}`);
        buffer[position++] = index;
      };
    case "?": {
      const inner = encoderOf(code.slice(1), 0);
      return (value) => {
        const given = value !== undefined && value !== null;
        buffer[position++] = given ? 1 : 0;
        if (given) inner(value);
      };
    }
    case "[": {
      const inner = encoderOf(code.slice(1), 0);
      return (value) => {
        if (typeof value === "number" && length > 0) value = new Array(length).fill(value);
        if (!Array.isArray(value)) throw new TypeError(`must be an array, got ${show(value)}`);
        // A number takes two places at most, the list before it one.
        if (position + 2 * value.length + 1024 > buffer.length)
          throw new RangeError(`has ${value.length} elements: too many for one call`);
        buffer[position++] = value.length;
        for (let i = 0; i < value.length; i++) inner(value[i]);
      };
    }
    default:
      return () => {
        throw new TypeError("is of a type that cannot be passed from JavaScript");
      };
  }
}

const integerTag = "i".charCodeAt(0);
const floatTag = "f".charCodeAt(0);
const boolTag = "b".charCodeAt(0);

/** A number of any kind. Whole numbers go as integers, so that they leave an integer tensor's dtype alone. */
function encodeScalar(value: unknown): void {
  if (typeof value === "number") {
    buffer[position++] = Number.isSafeInteger(value) ? integerTag : floatTag;
    buffer[position++] = value;
  } else if (typeof value === "boolean") {
    buffer[position++] = boolTag;
    buffer[position++] = value ? 1 : 0;
  } else {
    throw new TypeError(`must be a number, got ${show(value)}`);
  }
}

function intern(text: string): number {
  let index = strings.get(text);
  if (index === undefined) {
    // The buffer holds half a call by now, and its first place is where the answer comes.
    const first = buffer[0];
    native().intern(text);
    index = buffer[0];
    buffer[0] = first;
    strings.set(text, index);
  }
  return index;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return `a ${value.constructor?.name ?? "plain object"}`;
  return typeof value === "string" ? `"${value}"` : String(value);
}

function decoder(results: string): (given: unknown[]) => unknown {
  const parts = results.split(" ").filter(Boolean);
  // By far the most common, kept free of any indirection.
  if (results === "T ") return () => wrapOrNull(buffer[0]);
  const decodes = parts.map((part): ((given: unknown[]) => unknown) => {
    if (part[0] !== "@") return decoderOf(part);
    const place = Number(part.slice(1));
    return (given) => {
      const written = given[place] as Tensor;
      written.forgetMeta();
      return written;
    };
  });
  if (decodes.length === 0) return () => undefined;
  if (decodes.length === 1) return decodes[0];
  return (given) => decodes.map((decode) => decode(given));
}

const wrapOrNull = (handle: number) => (handle < 0 ? null : wrap(handle));

function decoderOf(code: string): Decode {
  switch (code[0]) {
    case "T":
      return () => wrapOrNull(buffer[position++]);
    case "b":
      return () => buffer[position++] !== 0;
    case "?": {
      const inner = decoderOf(code.slice(1));
      return () => (buffer[position++] === 0 ? null : inner());
    }
    case "[": {
      const inner = decoderOf(code.slice(1));
      return () => Array.from({ length: buffer[position++] }, inner);
    }
    default:
      return () => buffer[position++];
  }
}
