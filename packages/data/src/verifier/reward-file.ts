import { fileURLToPath } from "node:url";

/** The same verifier in Python, one file without dependencies: it is copied beside every set that Python trainers read. */
export const rewardFile = fileURLToPath(new URL("../../assets/reward.py", import.meta.url));
