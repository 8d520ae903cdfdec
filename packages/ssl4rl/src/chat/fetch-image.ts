/** From where pictures may be fetched, and how large they may be. */
export interface FetchLimits {
  /** `name` or `name:port`. */
  readonly fetchFrom: readonly string[];
  readonly maxBody: number;
}

const TIMEOUT_MS = 10_000;

/**
 * The bytes of an http(s) URL on one of the hosts named. Redirects are not followed: they could lead anywhere, into the
 * server's own network too. Throws an Error that says why there are none.
 */
export async function fetchImage(url: string, { fetchFrom, maxBody }: FetchLimits): Promise<Uint8Array> {
  const host = URL.canParse(url) ? new URL(url).host : "";
  if (!fetchFrom.includes(host)) {
    throw new Error(
      `pictures are not fetched from ${host || "there"} (--fetch-from). Send a data URI: data:image/png;base64,...`,
    );
  }
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: Error) => {
      const { message } = (error.cause as Error | undefined) ?? error;
      throw new Error(`${host} did not give the picture: ${message}.`);
    },
  );
  if (!response.ok) throw new Error(`${host} answered with status ${response.status}.`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBody) throw new Error(`the picture has over ${maxBody} bytes (--max-body).`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
