import { scope, tensor } from "@ssl4rl/torch";
import { expect, it } from "vitest";
import { widenGradients } from "./widen-gradients.js";

it("gradients of later passes add up in float32", () => {
  scope(() => {
    const [narrow, wide, idle] = (["bfloat16", "float32", "bfloat16"] as const).map((dtype) =>
      tensor([1, 2], { dtype, requiresGrad: true }),
    );
    const passes = [1, 1 / 512, 1 / 512];
    for (const factor of passes) {
      for (const parameter of [narrow, wide]) parameter.mul(factor).sum().backward();
      widenGradients([narrow, wide, idle]);
    }
    expect(narrow.grad!.dtype).toBe("float32");
    expect(narrow.grad!.tolist()).toEqual([1 + 2 / 512, 1 + 2 / 512]);
    expect(wide.grad!.tolist()).toEqual(narrow.grad!.tolist());
    expect(idle.grad).toBeNull();
  });
});
