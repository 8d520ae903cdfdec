import type { Source } from "@ssl4rl/core";
import { composeScene, worldVersion } from "./compose.js";
import { render } from "./render.js";
import type { Scene } from "./scene.js";

export interface WorldSourceOptions {
  /** Name of the source; by default it tells seed and size. */
  readonly name?: string;
  readonly seed: string;
  /** How many pictures; any number is as quick to make. */
  readonly length: number;
  /** Side of the square pictures in pixels. */
  readonly size: number;
}

/**
 * Pictures of the world, each rendered when asked for. Picture i is `composeScene(seed, i)`.
 *
 * @example
 * const pictures = worldSource({ seed: "demo", length: 1000, size: 112 });
 * const { image } = await pictures.get(41);
 */
export function worldSource(options: WorldSourceOptions): Source {
  const { seed, length, size, name = `world ${seed} ${size}px` } = options;
  return {
    name,
    length,
    async get(index) {
      const scene = sceneAt(index);
      return { ...named(scene, index), image: render(scene, { width: size, height: size }) };
    },
    async peek(index) {
      return named(sceneAt(index), index);
    },
  };

  function sceneAt(index: number): Scene {
    if (Number.isInteger(index) && index >= 0 && index < length) return composeScene(seed, index);
    throw new RangeError(`${name}: index must be in 0..${length - 1}, got ${index}`);
  }

  function named(scene: Scene, index: number) {
    return { id: `world@${worldVersion}:${scene.seed}:${size}`, name: `${scene.kind} ${index}` };
  }
}
