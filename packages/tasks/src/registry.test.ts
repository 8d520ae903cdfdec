import { UserError } from "@ssl4rl/core";
import { describe, expect, it } from "vitest";
import { registry, taskNamed } from "./registry.js";

describe("taskNamed", () => {
  it("finds every task by its name", () => {
    for (const factory of registry) expect(taskNamed(factory.name)).toBe(factory);
  });

  it("suggests the nearest name for an unknown one and lists all", () => {
    expect(() => taskNamed("rotaton")).toThrow(UserError);
    expect(() => taskNamed("rotaton")).toThrow('No task "rotaton". Did you mean "rotation"?');
    for (const { name } of registry) expect(() => taskNamed("x")).toThrow(name);
  });

  it.each(["", "Rotation", "rotation@1", "toString"])("knows no task %j", (name) => {
    expect(() => taskNamed(name)).toThrow(UserError);
  });
});

describe("registry", () => {
  it("holds kebab-case names, each once", () => {
    const names = registry.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
  });
});
