import { unknownName } from "@ssl4rl/core";
import type { TaskFactory } from "./define.js";
import { position } from "./position.js";
import { rotation } from "./rotation.js";

/** Every task there is. A new one is a file and a line here. */
export const registry: readonly TaskFactory[] = [rotation as TaskFactory, position as TaskFactory];

/** The task of this name; an unknown name is a UserError with the nearest one. */
export function taskNamed(name: string): TaskFactory {
  const found = registry.find((task) => task.name === name);
  if (!found) {
    throw unknownName(
      "task",
      name,
      registry.map((task) => task.name),
    );
  }
  return found;
}
