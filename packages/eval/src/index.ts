export * from "./extract/final-text.js";
export * from "./extract/option-letter.js";
export * from "./extract/same-value.js";
export * from "./graded.js";
export * from "./question.js";
