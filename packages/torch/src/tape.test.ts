import { describe, expect, it } from "vitest";
import { liveTensors, noGrad, randn, scope, segment, Tape, type Tensor, tensor } from "./index.js";

const weights = Array.from({ length: 4 }, () => randn([3, 3], { requiresGrad: true }));
const input = randn([2, 3]);
const layer = (x: Tensor, weight: Tensor) => x.matmul(weight).tanh();

/** A stack whose first layer's output also goes into the last sum. Gradients of the weights, then of nothing else. */
function gradients(tape: Tape | null): number[][] {
  const finish = (loss: Tensor) => (tape ? tape.backward(loss) : loss.backward());
  const [first] = segment(tape, { input }, ({ input }) => [layer(input, weights[0])]);
  let x = first;
  for (const weight of weights.slice(1)) [x] = segment(tape, { x }, ({ x }) => [layer(x.mul(2), weight), x.sum()]);
  finish(x.pow(2).sum().add(first.mul(x).sum()));
  const taken = weights.map((weight) => (weight.grad ? Array.from(weight.grad.data() as Float32Array) : []));
  for (const weight of weights) weight.grad = null;
  return taken;
}

const expectClose = (found: number[][], expected: number[][]) =>
  found.flat().forEach((value, i) => {
    expect(value).toBeCloseTo(expected.flat()[i], 5);
  });

describe("Tape", () => {
  it("gives the gradients of one whole graph", () => {
    const whole = scope(() => gradients(null));
    const taped = scope(() => gradients(new Tape()));
    expect(taped.map((list) => list.length)).toEqual([9, 9, 9, 9]);
    expectClose(taped, whole);
  });

  it("calls a segment again only when another came after it, and never one that wants no gradient", () => {
    const calls: string[] = [];
    scope(() => {
      const tape = new Tape();
      const step = (name: string, x: Tensor, weight: Tensor | number) =>
        tape.segment({ x }, ({ x }) => {
          calls.push(name);
          return [x.mul(weight)];
        })[0];
      const frozen = step("frozen", input, 2);
      expect(frozen.requiresGrad).toBe(false);
      const weight = tensor([2, 3, 4], { requiresGrad: true });
      const top = step("top", step("middle", frozen, weight), weight);
      tape.backward(top.sum());
      expect(weight.grad!.shape).toEqual([3]);
      weight.grad = null;
    });
    expect(calls).toEqual(["frozen", "middle", "top", "middle"]);
  });

  it("leaves out a segment that the loss does not reach", () => {
    scope(() => {
      const tape = new Tape();
      let calls = 0;
      tape.segment({}, () => {
        calls++;
        return [weights[0].exp()];
      });
      const [used] = tape.segment({}, () => [weights[1].mul(3)]);
      tape.backward(used.sum());
      expect(calls).toBe(1);
      expect(weights[0].grad).toBeNull();
      expect(weights[1].grad!.tolist()).toEqual(new Array(3).fill([3, 3, 3]));
      weights[1].grad = null;
    });
  });

  it("lets several segments use one graph when it is cut", () => {
    const run = (parts: number) =>
      scope(() => {
        const tape = new Tape();
        const x = tape.cut(layer(input, weights[0]));
        const sums = Array.from({ length: parts }, (_, i) =>
          tape.segment({ x }, ({ x }) => [
            x
              .mul(i + 1)
              .exp()
              .sum(),
          ]),
        ).map(([sum]) => sum);
        tape.backward(sums.reduce((total, sum) => total.add(sum)));
        const taken = weights[0].grad!.data();
        weights[0].grad = null;
        return taken;
      });
    const [one, three] = [run(1), run(3)];
    expect(three).not.toEqual(one);
    const expected = scope(() => {
      const x = layer(input, weights[0]);
      x.exp().add(x.mul(2).exp()).add(x.mul(3).exp()).sum().backward();
      const taken = weights[0].grad!.data();
      weights[0].grad = null;
      return taken;
    });
    expectClose([Array.from(three as Float32Array)], [Array.from(expected as Float32Array)]);
  });

  it("keeps inputs that an inner scope would free, until the scope of the tape ends", () => {
    const before = liveTensors();
    scope(() => {
      const tape = new Tape();
      const top = scope(() => {
        const mask = tensor([1, 0, 1]);
        const [x] = tape.segment({ mask }, ({ mask }) => [weights[0].mul(mask)]);
        return tape.segment({ x }, ({ x }) => [x.exp().sum()])[0];
      });
      tape.backward(top);
      expect((weights[0].grad!.tolist() as number[][])[0][1]).toBe(0);
      weights[0].grad = null;
    });
    expect(liveTensors()).toBe(before);
  });

  it("records nothing inside noGrad, and needs a scope", () => {
    scope(() => {
      const tape = new Tape();
      const [x] = noGrad(() => tape.segment({}, () => [weights[0].exp()]));
      expect(x.requiresGrad).toBe(false);
    });
    expect(() => new Tape()).toThrow("must be made inside scope()");
  });
});
