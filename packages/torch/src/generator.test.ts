import { expect, it } from "vitest";
import { Generator, getThreads, manualSeed, multinomial, randn, setThreads, tensor } from "./index.js";

const draw = (generator?: Generator) => randn([4], { generator }).tolist();

it("the same seed gives the same numbers, another seed others", () => {
  expect(draw(new Generator(7))).toEqual(draw(new Generator(7)));
  expect(draw(new Generator(7))).not.toEqual(draw(new Generator(8)));
  expect(draw(new Generator(2n ** 64n - 1n))).toEqual(draw(new Generator(-1)));
});

it("a generator is a stream of its own", () => {
  const a = new Generator(7);
  const first = draw(a);
  draw(new Generator(1));
  draw();
  const second = draw(a);
  const b = new Generator(7);
  expect([draw(b), draw(b)]).toEqual([first, second]);
});

it("a stored state goes on where it was", () => {
  const a = new Generator(7);
  draw(a);
  const state = a.state();
  const next = draw(a);
  const b = new Generator(0);
  b.setState(state);
  expect(draw(b)).toEqual(next);
});

it("manualSeed fixes the numbers drawn without a generator", () => {
  manualSeed(5);
  const first = draw();
  manualSeed(5);
  expect(draw()).toEqual(first);
});

it("multinomial draws by weight, and alike from the same seed", () => {
  const weights = tensor([[0, 1, 3]]);
  const places = multinomial(weights, 4000, new Generator(3));
  expect(places.shape).toEqual([1, 4000]);
  expect(places.eq(0).sum().item()).toBe(0);
  expect(places.eq(2).sum().item() / 4000).toBeCloseTo(0.75, 1);
  expect(multinomial(weights, 4000, new Generator(3)).eq(places).all().item()).toBe(1);
});

it("threads are set and read", () => {
  const before = getThreads();
  setThreads(1);
  expect(getThreads()).toBe(1);
  setThreads(before);
  expect(() => setThreads(0)).toThrow("needs 1 or more");
});
