/** Requests from bytes, for parts that answer a `Request`: the first line is METHOD and path, then headers, then the body. */
import { METHODS } from 'node:http';

/** The request that some bytes describe; undefined when HTTP cannot carry it. */
export function requestOf(bytes: Buffer, origin = 'http://door.internal'): Request | undefined {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, end < 0 ? text.length : end).split('\n');
  const [method = 'GET', path = '/'] = first.split(' ');
  // The parser of Node refuses any other before anybody sees it (`src/door/heads.test.ts`).
  if (!METHODS.includes(method)) return undefined;
  const body = end < 0 ? undefined : bytes.subarray(end + 2);
  try {
    const headers = new Headers();
    for (const line of lines.slice(0, 32)) {
      const at = line.indexOf(':');
      if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1));
    }
    const url = new URL(path.startsWith('/') ? path : `/${path}`, origin);
    if (url.origin !== origin) return undefined;
    const carries = body !== undefined && !/^(?:GET|HEAD)$/i.test(method);
    return new Request(url, { method, headers, ...(carries ? { body: new Uint8Array(body) } : {}) });
  } catch {
    return undefined;
  }
}

/** A request as bytes. */
export const written = (
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): string =>
  [`${method} ${path}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\n') +
  (body === undefined ? '' : `\n\n${body}`);

/** What every answer must be: a known status, and no fault of the server. */
export async function checked(answer: Response): Promise<void> {
  const text = await answer.text();
  // 503 is an answer as well: too busy, or the database is away.
  if (answer.status >= 500 && answer.status !== 503)
    throw new Error(`${answer.status}: ${text.slice(0, 300)}`);
  if (answer.status >= 400 && !/json|html/.test(answer.headers.get('content-type') ?? ''))
    throw new Error(`${answer.status} without a reason`);
  if (/\bat \S+ \(?(?:file|node):/.test(text))
    throw new Error(`an answer with a stack: ${text.slice(0, 300)}`);
}
