import { Refusal } from "../json-server.js";

/** A refusal that tells which part of an OpenAI request it is about, and its kind. */
export class ChatError extends Refusal {
  constructor(
    status: number,
    message: string,
    readonly param: string | null = null,
    readonly code: string | null = null,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(status, message, headers);
  }
}

/** A refusal in the shape of OpenAI's errors. */
export function describeError(refusal: Refusal) {
  const { param, code } = refusal instanceof ChatError ? refusal : { param: null, code: null };
  const type =
    refusal.status >= 500 ? "server_error" : refusal.status === 429 ? "rate_limit_error" : "invalid_request_error";
  return { error: { message: refusal.message, type, param, code } };
}
