import type { Color, ColorName } from "./palette.js";
import type { Shape } from "./sketch.js";

/** What kind of picture; the scene file of the same name composes it. */
export type SceneKind =
  | "street"
  | "night city"
  | "village"
  | "park"
  | "garden"
  | "coast"
  | "harbour"
  | "mountains"
  | "lake"
  | "farm"
  | "desert"
  | "open sky"
  | "living room"
  | "bedroom"
  | "kitchen"
  | "table top"
  | "facade"
  | "animal portrait"
  | "portrait"
  | "aquarium";

export type Weather = "clear" | "cloudy" | "rain" | "snow" | "fog";

export interface Light {
  readonly time: "day" | "sunset" | "night";
  /** Where it comes from, above. */
  readonly side: "left" | "right";
}

/** Fractions of the picture, from the top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Attributes {
  /** Colour word of the main part: coat, body, walls, sail. */
  readonly color?: ColorName;
  readonly size?: "small" | "large";
  /** What is written on it. */
  readonly letters?: string;
  /** Height of the written letters, in pictures. */
  readonly letterHeight?: number;
  /** What a person or an animal does. */
  readonly action?: string;
  /** Variety within the category: "pine", "sailing boat", "fishing boat". */
  readonly species?: string;
  readonly mood?: "happy" | "sad";
  /** It has light in it, or gives light. */
  readonly lit?: boolean;
  /** Full hour a clock shows, 0 is twelve. */
  readonly hour?: number;
}

export interface WorldObject {
  readonly category: string;
  readonly attributes: Attributes;
  /** All of it that lies in the picture, covered or not; without its shadow. */
  readonly box: Box;
  /** Share of its pixels that nothing covers, 0..1; what lies beyond the picture counts as covered. */
  readonly visible: number;
  readonly facing: "left" | "right";
  /** Metres from the viewer; only comparable within a scene. */
  readonly distance: number;
  /** Index of the object it stands on or belongs to, -1 for the ground. */
  readonly on: number;
}

/** What happens to the whole picture after drawing. */
export interface Finish {
  /** Largest film grain, in grey levels. */
  readonly grain: number;
  /** How much the corners darken, 0..1. */
  readonly vignette: number;
  /** Radius in pictures; 0 is sharp. */
  readonly blur: number;
  readonly monochrome: boolean;
  /** Multiplies every colour. */
  readonly balance: Color;
}

/** A picture as data. Everything drawn stands in `shapes`, so that the truth is the picture. */
export interface Scene {
  readonly seed: string;
  readonly kind: SceneKind;
  readonly light: Light;
  readonly weather: Weather;
  readonly objects: readonly WorldObject[];
  /** Words for things that are drawn but are no objects: far woods, flowers in the grass. */
  readonly scenery: readonly string[];
  readonly shapes: readonly Shape[];
  readonly finish: Finish;
}
