import { setTimeout as wait } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import {
  AdamW,
  keep,
  linear,
  liveTensors,
  noGrad,
  ones,
  op,
  randn,
  scope,
  scopeAsync,
  type Tensor,
  tensor,
  zeros,
} from "./index.js";

let before = 0;
beforeEach(() => {
  before = liveTensors();
});
const more = () => liveTensors() - before;

describe("scope", () => {
  it("frees all but what it returns", () => {
    const kept = scope(() => ones([2]).add(1).mul(3));
    expect([kept.tolist(), more()]).toEqual([[6, 6], 1]);
    kept.free();
    expect(more()).toBe(0);
  });

  it("finds returned tensors in arrays, objects, maps and sets", () => {
    const found = scope(() => {
      ones([1]);
      const list = [ones([1]), { deep: [ones([1])] }] as const;
      return {
        list,
        map: new Map([["a", ones([1])]]),
        set: new Set([ones([1])]),
        same: list[0],
        number: 1,
        none: null,
      };
    });
    expect(more()).toBe(4);
    for (const made of [found.list[0], found.list[1].deep[0], ...found.map.values(), ...found.set]) made.free();
    expect(more()).toBe(0);
  });

  it("hands what it returns to the scope around it", () => {
    scope(() => {
      const inner = scope(() => ones([1]).add(ones([1])));
      expect([inner.item(), more()]).toEqual([2, 1]);
    });
    expect(more()).toBe(0);
  });

  it("frees everything when the function throws", () => {
    expect(() =>
      scope(() => {
        ones([1]);
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(more()).toBe(0);
    ones([1]).free();
  });

  it("leaves tensors of outer scopes alone, returned or not", () => {
    const outer = ones([1]);
    expect(scope(() => outer)).toBe(outer);
    scope(() => {
      outer.add(1);
    });
    expect(outer.item()).toBe(1);
    outer.free();
    expect(more()).toBe(0);
  });

  it("keep takes tensors out for good", () => {
    const [kept] = scope(() => [keep({ a: ones([1]) })]);
    scope(() => scope(() => kept));
    expect([kept.a.item(), more()]).toEqual([1, 1]);
    kept.a.free();
  });

  it("free inside a scope, and twice, is fine", () => {
    scope(() => {
      const early = ones([1]);
      early.free();
      early.free();
      expect(early.freed).toBe(true);
    });
    expect(more()).toBe(0);
  });

  it("a view outlives the tensor it was cut from", () => {
    const row = scope(() =>
      tensor([
        [1, 2],
        [3, 4],
      ]).select(0, 1),
    );
    expect(row.tolist()).toEqual([3, 4]);
    row.free();
  });

  it("the graph outlives the scope its steps were made in", () => {
    const w = tensor([3], { requiresGrad: true });
    const loss = scope(() => w.mul(w).mul(2).sum());
    loss.backward();
    expect(w.grad?.item()).toBe(12);
    loss.free();
    w.free();
    expect(more()).toBe(0);
  });

  it("refuses a function that awaits", () => {
    expect(() => scope(async () => ones([1]))).toThrow("await scopeAsync(fn)");
    expect(() => noGrad(async () => 1)).toThrow("do not await");
    expect(more()).toBe(0);
  });
});

describe("scopeAsync", () => {
  it("frees what was made before and after an await", async () => {
    const sum = await scopeAsync(async () => {
      const one = ones([1]);
      await wait(1);
      const two = scope(() => one.add(one));
      await wait(1);
      return two.add(one);
    });
    expect([sum.item(), more()]).toEqual([3, 1]);
    sum.free();
  });

  it("scopes at the same time do not see each other's tensors", async () => {
    const run = (value: number, pauses: readonly number[]) =>
      scopeAsync(async () => {
        const mine = tensor([value]);
        for (const pause of pauses) {
          await wait(pause);
          scope(() => mine.add(1));
          mine.add(1);
        }
        return mine.item();
      });
    expect(await Promise.all([run(1, [2, 9, 2]), run(2, [5]), run(3, [1, 1, 1, 1])])).toEqual([1, 2, 3]);
    expect(more()).toBe(0);
  });

  it("nests, hands outwards, and frees on errors", async () => {
    await scopeAsync(async () => {
      const inner = await scopeAsync(async () => ones([1]).add(1));
      await wait(1);
      expect([inner.item(), more()]).toEqual([2, 1]);
    });
    await expect(
      scopeAsync(async () => {
        ones([1]);
        await wait(1);
        throw new Error("mine");
      }),
    ).rejects.toThrow("mine");
    expect(more()).toBe(0);
  });
});

describe("a freed tensor", () => {
  it("says so, and what to do, wherever it is used", () => {
    let escaped: Tensor | undefined;
    scope(() => {
      escaped = ones([2]);
    });
    const dead = escaped as Tensor;
    const cure = /freed.*Return it from the scope, or call keep\(\)/s;
    expect(() => dead.add(1)).toThrow(cure);
    expect(() => dead.shape).toThrow(cure);
    expect(() => dead.data()).toThrow(cure);
    expect(() => dead.backward()).toThrow(cure);
    expect(() => dead.grad).toThrow(cure);
    expect(() => op("aten::cat")([ones([2]), dead])).toThrow(/aten::cat: argument 'tensors'.*freed/s);
    expect(String(dead)).toBe("Tensor(freed)");
  });
});

describe("a long run", () => {
  it("10,000 training steps hold no more tensors than the second", () => {
    const layers = [
      [8, 16],
      [16, 16],
      [16, 1],
    ].map(([from, to]) => ({
      weight: randn([to, from]).mul_(0.3).requiresGrad_(),
      bias: zeros([to], { requiresGrad: true }),
    }));
    const params = layers.flatMap(({ weight, bias }) => [weight, bias]);
    const optimizer = new AdamW(params, { lr: 1e-3 });
    const step = () =>
      scope(() => {
        const x = randn([4, 8]);
        const out = layers.reduce((h, { weight, bias }, i) => linear(i ? h.silu() : h, weight, bias), x);
        const loss = out.sub(x.sum(1, true)).pow(2).mean();
        loss.backward();
        optimizer.step();
        optimizer.zeroGrad();
        return loss.item();
      });
    const first = step();
    step();
    const settled = liveTensors();
    let last = 0;
    for (let i = 2; i < 10_000; i++) last = step();
    expect(liveTensors()).toBe(settled);
    expect(last).toBeLessThan(first);
    optimizer.free();
    for (const param of params) param.free();
    expect(more()).toBe(0);
  });
});
