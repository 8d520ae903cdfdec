export * from "./graded.js";
export * from "./question.js";
