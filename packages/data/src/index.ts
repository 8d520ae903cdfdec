export * from "./audit/index.js";
export * from "./decode.js";
export * from "./depth-pairs.js";
export * from "./folder.js";
export * from "./frame-folders.js";
export * from "./layouts/index.js";
export * from "./remember.js";
export * from "./split.js";
