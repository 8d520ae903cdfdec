export * from "./advantage.js";
export * from "./evaluate.js";
export * from "./grpo.js";
export * from "./loss.js";
export * from "./problem-stream.js";
export * from "./recipe.js";
export * from "./run-folder.js";
export * from "./train.js";
