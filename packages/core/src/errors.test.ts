import { describe, expect, it } from "vitest";
import { UserError, unknownName } from "./errors.js";

describe("unknownName", () => {
  it("suggests the nearest name and lists all of them in order", () => {
    expect(unknownName("task", "rotaton", ["rotation", "position"]).message).toBe(
      'No task "rotaton". Did you mean "rotation"? There are: position, rotation.',
    );
  });

  it.each(["Rotation", "rotations", "roattion", "otation"])("takes %j for a slip of rotation", (given) => {
    expect(unknownName("task", given, ["position", "rotation"]).message).toContain('Did you mean "rotation"?');
  });

  it.each(["jigsaw", "x", ""])("suggests nothing for %j", (given) => {
    const { message } = unknownName("task", given, ["position", "rotation"]);
    expect(message).toBe(`No task "${given}". There are: position, rotation.`);
  });

  it("survives an empty list", () => {
    expect(unknownName("task", "rotation", []).message).toContain('No task "rotation".');
  });

  it("is a wrong use of the command", () => {
    const error = unknownName("task", "x", []);
    expect(error).toBeInstanceOf(UserError);
    expect(error.exitCode).toBe(2);
  });

  it("leaves the list it was given in its order", () => {
    const known = ["rotation", "position"];
    unknownName("task", "x", known);
    expect(known).toEqual(["rotation", "position"]);
  });
});

describe("UserError", () => {
  it("is an error that ends a command with 1 unless told otherwise", () => {
    const error = new UserError("No such folder.");
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("UserError");
    expect(error.exitCode).toBe(1);
  });
});
