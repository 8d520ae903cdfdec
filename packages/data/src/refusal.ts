import { UserError } from "@ssl4rl/core";

/**
 * What to throw when the operating system refuses to write `file`: a UserError with a remedy where there is one, else the
 * error as it is. `flag` is how another folder is chosen.
 */
export function refusal(file: string, error: unknown, flag: "--run" | "--out"): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  const remedy = {
    ENOSPC: "the disk is full. Free some space, then go on with --resume",
    EDQUOT: "your disk quota is used up. Free some space, then go on with --resume",
    EACCES: `no permission. Choose a folder you may write to with ${flag}`,
    EPERM: `not permitted. Choose a folder you may write to with ${flag}`,
    EROFS: `the file system is read-only. Choose another folder with ${flag}`,
    ENOTDIR: `a part of the path is a file. Choose another folder with ${flag}`,
  }[code ?? ""];
  return remedy ? new UserError(`Cannot write ${file}: ${remedy}.`) : error;
}
