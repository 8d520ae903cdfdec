import { native } from "./native.js";
import { fromBytes, Tensor } from "./tensor.js";

const toSeed = (seed: number | bigint) => BigInt.asUintN(64, BigInt(seed));

// A generator's few kilobytes may wait for the garbage collector, unlike tensors.
const forgotten = new FinalizationRegistry<number>((index) => {
  const { buffer, freeGenerator } = native();
  buffer[0] = index;
  freeGenerator();
});

/**
 * A stream of random numbers of its own, for the `generator` of randn(), multinomial() and any operator that takes one.
 * The same seed, device and libtorch give the same numbers.
 */
export class Generator {
  /** For the engine: its number on the native side. */
  readonly generatorIndex: number;

  constructor(
    readonly seed: number | bigint,
    readonly device = "cpu",
  ) {
    const { buffer, generator } = native();
    generator(toSeed(seed), device);
    this.generatorIndex = buffer[0];
    forgotten.register(this, this.generatorIndex);
  }

  /** Where the stream is now, as bytes to store; setState() with them goes on from there. */
  state(): Uint8Array {
    const { buffer, generatorState } = native();
    buffer[0] = this.generatorIndex;
    generatorState();
    const state = new Tensor(buffer[0]);
    const bytes = state.data() as Uint8Array;
    state.free();
    return bytes;
  }

  setState(bytes: Uint8Array): void {
    const state = fromBytes(bytes, "uint8", [bytes.length]);
    const { buffer, setGeneratorState } = native();
    buffer[0] = this.generatorIndex;
    buffer[1] = state.handle;
    setGeneratorState();
    state.free();
  }
}

/** Seeds the generators that operators use when they are given none, on every device. */
export function manualSeed(seed: number | bigint): void {
  native().seedAll(toSeed(seed));
}
