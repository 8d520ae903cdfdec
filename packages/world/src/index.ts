export { composeScene } from "./compose.js";
export {
  type MmbenchOptions,
  type MmbenchQuestion,
  mmbenchLines,
  mmbenchPicture,
  mmbenchQuestions,
  writeMmbenchTsv,
} from "./mmbench.js";
export type { ColorName } from "./palette.js";
export { type Group, groups, type WorldQuestion } from "./questions/view.js";
export { questionsAbout } from "./questions.js";
export { render, type Size } from "./render.js";
export type { Attributes, Box, Finish, Light, Scene, SceneKind, Weather, WorldObject } from "./scene.js";
export { type WorldSourceOptions, worldSource } from "./source.js";
