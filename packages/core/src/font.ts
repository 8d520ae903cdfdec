/**
 * Capital letters and digits as strokes on a grid 4 wide and 6 high, y up. A glyph is polylines parted by blanks, a
 * polyline is pairs of digits: `0006` runs from (0, 0) to (0, 6).
 */
const glyphs: Readonly<Record<string, string>> = {
  A: "002640 1333",
  B: "00063645443303 3342413000",
  C: "4536160501103041",
  D: "00062645412000",
  E: "46060040 0333",
  F: "460600 0333",
  G: "45361605011030414323",
  H: "0006 4046 0343",
  I: "2026",
  J: "4641301001",
  K: "0006 460340",
  L: "060040",
  M: "0006234640",
  N: "00064046",
  O: "051636454130100105",
  P: "00063645443303",
  Q: "051636454130100105 2240",
  R: "00063645443303 2340",
  S: "453616050413334241301001",
  T: "0646 2620",
  U: "060110304146",
  V: "062046",
  W: "0610243046",
  X: "0640 0046",
  Y: "062346 2320",
  Z: "06460040",
  "0": "051636454130100105",
  "1": "152620",
  "2": "05163645440040",
  "3": "0516364544334241301001 1333",
  "4": "30360242",
  "5": "460604344341301001",
  "6": "3616050110304142331302",
  "7": "064610",
  "8": "163645443313040516 1302011030414233",
  "9": "1030414536160504133344",
};

/** Width of a letter and the gap after it, for letters of height 1. */
const letterAdvance = 0.92;

/** Polylines (x, y pairs, y up) of a word of height 1 whose left foot is (0, 0). */
export function strokesOf(word: string): number[][] {
  const lines: number[][] = [];
  [...word].forEach((letter, place) => {
    const glyph = glyphs[letter];
    if (glyph === undefined) throw new RangeError(`no glyph for ${JSON.stringify(letter)}; there are A-Z and 0-9`);
    for (const line of glyph.split(" ")) {
      const points: number[] = [];
      for (let i = 0; i < line.length; i += 2) {
        points.push(place * letterAdvance + Number(line[i]) / 6, Number(line[i + 1]) / 6);
      }
      lines.push(points);
    }
  });
  return lines;
}

/** Width of a word of height 1. */
export function wordWidth(word: string): number {
  return (word.length - 1) * letterAdvance + 4 / 6;
}
