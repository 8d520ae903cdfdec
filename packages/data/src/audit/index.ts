export * from "./audit.js";
export * from "./read-jsonl.js";
export * from "./read-set.js";
export * from "./row.js";
