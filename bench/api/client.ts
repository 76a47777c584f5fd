/** Clients that ask a UNIX socket one request after the other, each on a connection that is kept. */
import { Agent, request } from 'node:http';

/** One request. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
/** Its answer. */
export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
  readonly etag: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Sends a request and reads the answer to its end. */
export function ask(
  socketPath: string,
  { method, path, headers = {}, body }: ApiRequest,
): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const all = {
      host: 'x.example',
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    };
    const call = request({ socketPath, method, path, headers: all, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject).on('end', () => {
        const { statusCode: status = 0, headers: said } = answer;
        resolve({ status, text: Buffer.concat(chunks).toString(), etag: said.etag ?? '' });
      });
    });
    call.on('error', reject).end(body);
  });
}

/** What so many clients got done. */
export interface Done {
  readonly count: number;
  readonly seconds: number;
  /** ms, sorted. */
  readonly latencies: readonly number[];
}

/** Lets `clients` ask one after the other, for some seconds or so many requests in all. @throws at an answer that is no success. */
export async function askOften(
  clients: number,
  { seconds, most }: { readonly seconds: number; readonly most: number },
  one: (n: number, client: number) => Promise<ApiAnswer>,
): Promise<Done> {
  const latencies: number[] = [];
  const began = performance.now();
  let begun = 0;
  const client = async (who: number): Promise<void> => {
    while (begun < most && performance.now() - began < seconds * 1_000) {
      const n = begun++;
      const at = performance.now();
      const { status, text } = await one(n, who);
      if (status >= 400) throw new Error(`${status}: ${text.slice(0, 300)}`);
      latencies.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, who) => client(who)));
  const took = (performance.now() - began) / 1_000;
  return { count: latencies.length, seconds: took, latencies: latencies.toSorted((a, b) => a - b) };
}

/** Closes the connections. */
export const closeClients = (): void => agent.destroy();
