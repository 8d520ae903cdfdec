/**
 * The value of a number or of arithmetic in text or LaTeX: `1,234`, `-3/4`, `\frac{1}{2}`, `2\sqrt{3}`, `\pi`, `2^{10}`, `x = 7`, `50\%`
 * (the sign is dropped, as the published scorers do). Null for all else: this is no computer algebra.
 */
export function latexValue(text: string): number | null {
  if (text.length > LONGEST) return null;
  const plain = text
    .replace(/^\s*[a-z]\s*=/i, "")
    .replace(/\\(left|right|displaystyle|,|;|!| )|\^\{?\\circ\}?|°|\\?%|\\?\$/g, "")
    .replace(/\\(mathrm|text|mbox)\{[^{}]*\}$/, "")
    .replace(/(\d),(?=\d{3}(?!\d))/g, "$1")
    .replace(/\\[dt]frac/g, "\\frac")
    .replace(/\\(times|cdot)|×|·/g, "*")
    .replace(/\\div|÷/g, "/")
    .replace(/\\pi|π/g, "\\pi ")
    .replace(/\\sqrt|√/g, "\\sqrt ")
    .replaceAll("−", "-");
  const tokens = plain.match(/\\[a-z]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|[^\s]/gi) ?? [];
  const parser = new Arithmetic(tokens);
  const value = parser.sum();
  return parser.done && value !== null && Number.isFinite(value) ? value : null;
}

/** What is longer is no value, but a response that went astray. */
const LONGEST = 200;

const CLOSING: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };

/** sum = product (± product)*, product = power ((* or /) power, or power beside power)*, power = atom (^ atom)?. */
class Arithmetic {
  private at = 0;

  constructor(private readonly tokens: readonly string[]) {}

  get done(): boolean {
    return this.tokens.length > 0 && this.at === this.tokens.length;
  }

  sum(): number | null {
    const negative = this.take("-");
    if (!negative) this.take("+");
    let value = this.product();
    if (negative && value !== null) value = -value;
    for (;;) {
      const sign = this.take("+") ? 1 : this.take("-") ? -1 : 0;
      if (sign === 0 || value === null) return value;
      const next = this.product();
      value = next === null ? null : value + sign * next;
    }
  }

  private product(): number | null {
    let value = this.power();
    while (value !== null) {
      if (this.take("/")) value = combine(value, this.power(), (a, b) => a / b);
      else if (this.take("*") || this.beside()) value = combine(value, this.power(), (a, b) => a * b);
      else break;
    }
    return value;
  }

  /** Two factors without a sign between them: 2\pi, 3(4). Never two numbers. */
  private beside(): boolean {
    return /^(\\(frac|sqrt|pi)|\(|\{)$/.test(this.tokens[this.at] ?? "");
  }

  private power(): number | null {
    const base = this.atom();
    if (base === null || !this.take("^")) return base;
    const negative = this.take("-");
    return combine(base, this.atom(), (a, b) => a ** (negative ? -b : b));
  }

  private atom(): number | null {
    const token = this.tokens[this.at++];
    if (token === undefined) return null;
    if (/^[\d.]/.test(token)) return token === "." ? null : Number(token);
    if (token === "\\pi") return Math.PI;
    if (token === "\\frac") return combine(this.argument(), this.argument(), (a, b) => a / b);
    if (token === "\\sqrt") {
      const index = this.tokens[this.at] === "[" ? this.atom() : 2;
      return combine(this.argument(), index, (a, n) => (n === 2 ? Math.sqrt(a) : a ** (1 / n)));
    }
    const close = CLOSING[token];
    if (close === undefined) return null;
    const value = this.sum();
    return this.take(close) ? value : null;
  }

  /** What a LaTeX command applies to: a group, or one digit of `\frac12`. */
  private argument(): number | null {
    const token = this.tokens[this.at] ?? "";
    if (!/^\d\d+$/.test(token)) return this.atom();
    (this.tokens as string[]).splice(this.at, 1, ...token);
    return this.atom();
  }

  private take(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }
}

function combine(a: number | null, b: number | null, by: (a: number, b: number) => number): number | null {
  return a === null || b === null ? null : by(a, b);
}
