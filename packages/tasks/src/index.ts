export * from "./define.js";
export * from "./position.js";
export * from "./registry.js";
export * from "./rotation.js";
