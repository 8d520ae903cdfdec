/** The texts and numbers of a list written in JSON or in Python, `['a', "b's", 3]`; null for what is none. */
export function pythonList(text: string): (string | number)[] | null {
  const inner = /^\s*\[([\s\S]*)\]\s*$/.exec(text)?.[1];
  if (inner === undefined) return null;
  const items: (string | number)[] = [];
  const item = /\s*(?:'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"|(-?[\d.]+(?:e[+-]?\d+)?))\s*(,|$)/iy;
  while (item.lastIndex < inner.length) {
    if (/^\s*$/.test(inner.slice(item.lastIndex))) break;
    const found = item.exec(inner);
    if (!found) return null;
    const [, single, double, number] = found;
    items.push(number === undefined ? unescaped(single ?? double) : Number(number));
  }
  return items;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "\n": "" };

/** Backslashes that mean nothing to Python stay. */
function unescaped(text: string): string {
  return text.replace(/\\(x[\da-f]{2}|u[\da-f]{4}|[\s\S])/gi, (whole, code: string) => {
    if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    return ESCAPES[code] ?? (/[\\'"/]/.test(code) ? code : whole);
  });
}
