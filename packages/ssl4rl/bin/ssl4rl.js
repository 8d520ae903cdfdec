#!/usr/bin/env node
import v8 from "node:v8";
import { main } from "../dist/main.js";

// Pictures lie outside the heap and make it seem about to overflow, so V8 would mark it step by step nearly all the time.
// It is small: marking it at once takes milliseconds, and rows take half the CPU time.
v8.setFlagsFromString("--no-incremental-marking");
// Who reads may have seen enough, as in `ssl4rl … | head`: the status is then that of a program ended by SIGPIPE.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(141);
});
process.exitCode = await main(process.argv);
