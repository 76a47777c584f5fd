import { find, sourceOf } from '../../http/index.ts';
import { FIELD_LINE } from '../request/header-line.ts';

/** The head of a beacon request: the room, and the length of the body. */
export interface BeaconHead {
  readonly slug: string;
  /** Bytes of the body. */
  readonly length: number;
}

const BEACON = sourceOf(({ id }) => id === 'beacon').replaceAll('(', '(?:');
const REQUEST_LINE = new RegExp(`^POST (${BEACON})(?:\\?[\\x21-\\x7e]{0,512})? HTTP/1\\.1$`);
/** Headers that frame a body in another way, or want an answer of another kind: such requests are for the HTTP server. */
const NOT_HERE = /^(?:transfer-encoding|expect|upgrade|trailer|te|content-encoding)$/;

/**
 * Reads the head of a request (without the empty line that ends it); undefined when it is not a plain beacon of at most
 * `most` bytes. Spec: RFC 9112.
 */
export function readBeaconHead(
  head: string,
  { headers, most }: { headers: number; most: number },
): BeaconHead | undefined {
  const lines = head.split('\r\n');
  const path = REQUEST_LINE.exec(lines[0] ?? '')?.[1];
  if (path === undefined || lines.length - 1 > headers) return undefined;
  let hosts = 0;
  let length: number | undefined;
  for (let i = 1; i < lines.length; i += 1) {
    const field = FIELD_LINE.exec(lines[i] ?? '');
    if (!field) return undefined;
    const name = (field[1] ?? '').toLowerCase();
    const value = (field[2] ?? '').trim();
    if (name === 'host') hosts += 1;
    else if (name === 'content-length') {
      if (length !== undefined || !/^\d{1,6}$/.test(value)) return undefined;
      length = Number(value);
    } else if (name === 'connection' ? value.toLowerCase() !== 'keep-alive' : NOT_HERE.test(name))
      return undefined;
  }
  const found = find(path);
  if (hosts !== 1 || length === undefined || length > most || found?.address.id !== 'beacon')
    return undefined;
  return { slug: found.room, length };
}
