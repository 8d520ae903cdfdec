export * from "./decode.js";
export * from "./folder.js";
export * from "./remember.js";
export * from "./split.js";
