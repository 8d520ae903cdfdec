import { wasm } from "./kernel-wasm.js";

/** What there is of WebAssembly wherever this runs; neither ES2023 nor Node's types have it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  resampleRows(
    taps: number,
    record: number,
    count: number,
    source: number,
    rowBytes: number,
    rows: number,
    to: number,
  ): void;
  resampleColumns(taps: number, record: number, count: number, source: number, rowBytes: number, to: number): void;
  sampleSquares(places: number, end: number, rowBytes: number, to: number): void;
  filterRows(source: number, rowBytes: number, rows: number, to: number): void;
  countTokens(start: number, end: number, counts: number): void;
  writeTokens(start: number, end: number, codes: number, bit: number): number;
  someWindow(
    low: number,
    high: number,
    rowBytes: number,
    windows: number,
    rows: number,
    samples: number,
    end: number,
    limit: number,
    sums: number,
  ): number;
  halfRange(source: number, stride: number, rowBytes: number, rows: number, low: number, high: number): void;
  adler32(start: number, end: number, adler: number): number;
}

const bytes = Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0));

/** The functions of kernel.wat. Arguments are places in its memory, in bytes, and counts. */
export const kernel = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Kernel;

/** Pictures go through the kernel's memory in bands of about this many bytes, so that it stays small and in the cache. */
export const BAND = 2 ** 18;

/** The kernel reads and writes up to 15 bytes more than there are. */
export const SLACK = 16;

/** The kernel's memory, at least so many bytes of it. What was there stays until somebody writes over it. */
export function withRoom(bytes: number): Uint8Array {
  const missing = bytes - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 2 ** 16));
  return new Uint8Array(kernel.memory.buffer);
}
