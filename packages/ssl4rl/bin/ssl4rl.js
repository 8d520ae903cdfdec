#!/usr/bin/env node
import v8 from "node:v8";
import { main } from "../dist/main.js";

// Pictures lie outside the heap and make it seem about to overflow, so V8 would mark it step by step nearly all the time.
// It is small: marking it at once takes milliseconds, and rows take half the CPU time.
v8.setFlagsFromString("--no-incremental-marking");
process.exitCode = await main(process.argv);
