import { setTimeout as wait } from 'node:timers/promises';

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

const tries = 3;

/** uwsgi just closes where an application dies of a request: the cause is told where asking again does not help. */
async function answerOf(url: string, request: RequestInit, tried = 1): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (error) {
    const { cause } = error as Error;
    if (tried === tries) throw new Error(`${url}: ${String(cause)}`, { cause: error });
    await wait(1000);
    return answerOf(url, request, tried + 1);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
