export * from "./question.js";
export * from "./reward-file.js";
export * from "./score.js";
