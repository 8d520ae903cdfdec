/**
 * Lengths in bits of a Huffman code for symbols that come so often: 0 for those that never come, at most `limit` for the
 * others. At least two symbols must come, and at most 2 ** limit.
 */
export function codeLengths(counts: Uint32Array, limit: number): Uint8Array {
  const sorted = rarestFirst(counts);
  const used = sorted.length;
  const leaves = new Array<number>(limit + 1).fill(0);
  for (const depth of depths(sorted.map((symbol) => counts[symbol]))) leaves[Math.min(depth, limit)]++;
  // Leaves taken up to the limit may need more codes than there are. A step frees one: a leaf leaves the limit and shares
  // the place of the deepest leaf above it.
  let missing = -(2 ** limit);
  for (let length = 1; length <= limit; length++) missing += leaves[length] * 2 ** (limit - length);
  for (; missing > 0; missing--) {
    let above = limit - 1;
    while (leaves[above] === 0) above--;
    leaves[limit]--;
    leaves[above]--;
    leaves[above + 1] += 2;
  }
  const lengths = new Uint8Array(counts.length);
  for (let length = 1, next = used; length <= limit; length++) {
    for (let n = 0; n < leaves[length]; n++) lengths[sorted[--next]] = length;
  }
  return lengths;
}

/** The symbols that come. */
function rarestFirst(counts: Uint32Array): number[] {
  // Count and symbol in one number: numbers alone sort much faster than by a function.
  const keys = new Float64Array(counts.length);
  let used = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    if (counts[symbol] > 0) keys[used++] = counts[symbol] * counts.length + symbol;
  }
  const symbols: number[] = [];
  for (const key of keys.subarray(0, used).sort()) symbols.push(key % counts.length);
  return symbols;
}

/** How deep the leaves of Huffman's tree lie; weights come in ascending order. */
function depths(weights: number[]): number[] {
  const leaves = weights.length;
  // The two lightest nodes become one, which is no lighter than those made before: it joins the end of the inner nodes.
  const nodes = weights.slice();
  const parents: number[] = [];
  for (let leaf = 0, inner = leaves; nodes.length < 2 * leaves - 1; ) {
    const made = nodes.length;
    const lightest = () => (leaf < leaves && (inner === made || nodes[leaf] <= nodes[inner]) ? leaf++ : inner++);
    const [a, b] = [lightest(), lightest()];
    nodes.push(nodes[a] + nodes[b]);
    parents[a] = made;
    parents[b] = made;
  }
  const depths = new Array<number>(nodes.length).fill(0);
  for (let node = nodes.length - 2; node >= 0; node--) depths[node] = depths[parents[node]] + 1;
  return depths.slice(0, leaves);
}

/** The canonical code of these lengths (RFC 1951, 3.2.2), its bits in the order in which deflate writes them. */
export function canonicalCode(lengths: Uint8Array): Uint16Array {
  // A length's first code follows the last of the length before, with a zero behind.
  const next = new Array<number>(17).fill(0);
  for (const length of lengths) if (length > 0) next[length + 1]++;
  for (let length = 1; length <= 16; length++) next[length] = (next[length - 1] + next[length]) << 1;
  const codes = new Uint16Array(lengths.length);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length > 0) codes[symbol] = reversed(next[length]++, length);
  }
  return codes;
}

/** A number of so many bits, lowest first: neighbours of 16 change places, then pairs, fours and bytes. */
function reversed(bits: number, length: number): number {
  let turned = ((bits & 0x5555) << 1) | ((bits >> 1) & 0x5555);
  turned = ((turned & 0x3333) << 2) | ((turned >> 2) & 0x3333);
  turned = ((turned & 0x0f0f) << 4) | ((turned >> 4) & 0x0f0f);
  return (((turned & 0xff) << 8) | (turned >> 8)) >> (16 - length);
}
