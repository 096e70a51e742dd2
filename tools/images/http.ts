/** A request that has to end with a certain status; its JSON and headers. */
export interface Answer {
  readonly body: unknown;
  readonly headers: Headers;
}

export interface Ask {
  readonly method?: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

export async function ask(
  url: string,
  { method, status, headers, json, bytes }: Ask,
): Promise<Answer> {
  const response = await answerOf(url, {
    method: method ?? (json === undefined && bytes === undefined ? 'GET' : 'POST'),
    headers: {
      // uwsgi closes a connection after its answer without saying so: the next request would meet that.
      connection: 'close',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(bytes === undefined ? {} : { body: bytes }),
  });
  const text = await response.text();
  if (response.status !== status) {
    throw new Error(
      `${method ?? ''} ${url}: ${response.status}, wanted ${status}: ${text.slice(0, 300)}`,
    );
  }
  return { body: parse(text), headers: response.headers };
}

/** uwsgi just closes where an application dies of a request: the cause says so, and its log says why. */
async function answerOf(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    throw new Error(`${url}: ${String((error as Error).cause)}`, { cause: error });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
