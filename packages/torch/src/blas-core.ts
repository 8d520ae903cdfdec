/**
 * The name of the kernels that OpenBLAS should use on an Intel processor, by its flags in the text of /proc/cpuinfo; null where it is
 * left to OpenBLAS. Up to 0.3.24 (Debian 12 has 0.3.21) it takes every Intel processor newer than itself for one of 2004, though it
 * knows by their flags those of other makers (https://github.com/OpenMathLib/OpenBLAS/issues/4267): five times slower products.
 */
export function blasCore(cpuinfo: string): "SkylakeX" | "Haswell" | null {
  const line = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(cpuinfo)?.[1] ?? "";
  if (line("vendor_id") !== "GenuineIntel") return null;
  const flags = new Set(line("flags").split(" "));
  const has = (...names: string[]) => names.every((name) => flags.has(name));
  if (!has("avx2", "fma")) return null;
  return has("avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl") ? "SkylakeX" : "Haswell";
}
