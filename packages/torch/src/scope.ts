import { AsyncLocalStorage } from "node:async_hooks";
import { native } from "./native.js";

/** What a scope needs to know of a tensor. */
export interface Owned {
  handle: number;
  owner: Scope | null;
  /** Lives and dies with the tensor it is the gradient of. */
  gradient: Owned | null;
}

/** The tensors made in one call of scope(). A tensor belongs to one scope at most; `owner` is the word that counts. */
export class Scope {
  readonly tensors: Owned[] = [];
  open = true;

  constructor(readonly parent: Scope | null) {}

  adopt(tensor: Owned): void {
    tensor.owner = this;
    this.tensors.push(tensor);
  }

  /** Frees what is still ours; `survivors` move to the scope around this one. */
  close(survivors: ReadonlySet<Owned>): void {
    this.open = false;
    const parent = this.parent?.open ? this.parent : null;
    const dead: Owned[] = [];
    for (const tensor of this.tensors) {
      if (tensor.owner !== this || tensor.handle === 0) continue;
      if (!survivors.has(tensor)) dead.push(tensor);
      else if (parent) parent.adopt(tensor);
      else tensor.owner = null;
    }
    if (dead.length > 0) release(dead);
  }
}

// A synchronous scope is a plain variable: nothing else can run until it ends. One that awaits needs a variable that
// follows its own thread of callbacks, which costs more and is asked only while such a scope is open.
let current: Scope | null = null;
let openAsync = 0;
const asyncScope = new AsyncLocalStorage<Scope>();

export function currentScope(): Scope | null {
  return current ?? (openAsync > 0 ? (asyncScope.getStore() ?? null) : null);
}

/** Frees tensors now. Freed ones are left alone. */
export function release(tensors: Iterable<Owned>): void {
  const engine = native();
  const { buffer } = engine;
  let count = 0;
  for (const tensor of tensors) {
    for (let dead: Owned | null = tensor; dead && dead.handle !== 0; dead = dead.gradient) {
      buffer[++count] = dead.handle;
      dead.handle = 0;
      if (count === buffer.length - 1) {
        buffer[0] = count;
        engine.release();
        count = 0;
      }
    }
  }
  buffer[0] = count;
  engine.release();
}

/**
 * Runs `fn` and frees every tensor made inside, but those it returns: a Tensor, or any in arrays, plain objects, Maps
 * and Sets, however deep. Those move to the scope around this one (with none around, they live until free()). When `fn`
 * throws, all are freed.
 *
 * @example const loss = scope(() => logits.logSoftmax(-1).gather(-1, targets).mean().neg());
 */
export function scope<T>(fn: () => T): T {
  const inner = new Scope(currentScope());
  const before = current;
  current = inner;
  let survivors: ReadonlySet<Owned> = new Set();
  try {
    const result = fn();
    if (isPromise(result)) throw new TypeError("scope(): the function returned a promise. Use: await scopeAsync(fn)");
    survivors = tensorsIn(result);
    return result;
  } finally {
    current = before;
    inner.close(survivors);
  }
}

/** scope() for a function that awaits. Scopes that run at the same time do not see each other's tensors. */
export async function scopeAsync<T>(fn: () => Promise<T>): Promise<T> {
  const inner = new Scope(currentScope());
  let survivors: ReadonlySet<Owned> = new Set();
  openAsync++;
  try {
    const result = await asyncScope.run(inner, () => {
      const before = current;
      current = null;
      try {
        return fn();
      } finally {
        current = before;
      }
    });
    survivors = tensorsIn(result);
    return result;
  } finally {
    openAsync--;
    inner.close(survivors);
  }
}

/** Takes the tensors in `value` (found as scope() finds them) out of every scope: only free() ends them. */
export function keep<T>(value: T): T {
  for (const tensor of tensorsIn(value)) tensor.owner = null;
  return value;
}

/** Gives the tensors in `value` that would die before `home` does to `home`, a scope around theirs. */
export function moveTo(home: Scope, value: unknown): void {
  for (const tensor of tensorsIn(value)) {
    let around = tensor.owner?.parent ?? null;
    while (around && around !== home) around = around.parent;
    if (around) home.adopt(tensor);
  }
}

export function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

const nothing: ReadonlySet<Owned> = new Set();

function tensorsIn(value: unknown): ReadonlySet<Owned> {
  if (typeof value !== "object" || value === null) return nothing;
  const found = new Set<Owned>();
  const seen = new Set<unknown>();
  const visit = (item: unknown): void => {
    if (typeof item !== "object" || item === null || ArrayBuffer.isView(item) || seen.has(item)) return;
    seen.add(item);
    if ("handle" in item && "owner" in item) {
      found.add(item as Owned);
    } else if (item instanceof Map) {
      for (const entry of item) visit(entry);
    } else if (Array.isArray(item) || item instanceof Set) {
      for (const inner of item) visit(inner);
    } else if (item.constructor === Object || item.constructor === undefined) {
      for (const inner of Object.values(item)) visit(inner);
    }
  };
  visit(value);
  return found;
}
