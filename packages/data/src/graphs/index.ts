export { defaultGraphCache } from "./graph-cache.js";
export { openGraph } from "./open-graph.js";
