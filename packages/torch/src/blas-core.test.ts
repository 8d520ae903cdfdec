import { expect, it } from "vitest";
import { blasCore } from "./blas-core.js";

const processor = (vendor: string, flags: string) =>
  `processor\t: 0\nvendor_id\t: ${vendor}\nmodel\t\t: 207\nflags\t\t: fpu sse2 ${flags}\nbugs\t\t:\n\nprocessor\t: 1\n`;
const skylake = "avx fma avx2 avx512f avx512dq avx512cd avx512bw avx512vl";

it.each([
  ["AVX-512", processor("GenuineIntel", skylake), "SkylakeX"],
  [
    "AVX-512 without its half for bytes, as Knights Landing",
    processor("GenuineIntel", "fma avx2 avx512f avx512cd"),
    "Haswell",
  ],
  ["AVX2", processor("GenuineIntel", "avx fma avx2"), "Haswell"],
  ["nothing wider than SSE", processor("GenuineIntel", "ssse3"), null],
  ["another maker's", processor("AuthenticAMD", skylake), null],
  ["no such file", "", null],
])("kernels for %s", (_, cpuinfo, expected) => {
  expect(blasCore(cpuinfo)).toBe(expected);
});
