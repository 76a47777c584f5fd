import { personName, plainText } from '../../base/plain-text.ts';
import { parseJson } from '../../http/index.ts';
import { DEVICE_KEY, type HandTrouble, STAGE_NAME_LENGTH, TOPIC_LENGTH } from '../../wire/stage/hands.ts';

/** A raised hand as a page sends it. */
export interface RaiseBody {
  readonly name: string;
  /** Empty for none. */
  readonly topic: string;
  readonly device: string;
}

/** What a page says of its own hand. */
export interface HandBody {
  readonly secret: string;
  readonly trouble?: HandTrouble;
}

const TROUBLES: readonly string[] = ['denied', 'none', 'busy', 'insecure', 'failed'] satisfies HandTrouble[];
const SECRET = /^[\w-]{20,64}$/;

/** Reads the body of a raised hand. A string is the refusal in plain words. */
export function readRaise(text: string): RaiseBody | string {
  const body = objectIn(text);
  if (typeof body === 'string') return body;
  const strange = unknown(body, ['name', 'topic', 'device']);
  if (strange) return strange;
  const called = personName(typeof body.name === 'string' ? body.name : '', STAGE_NAME_LENGTH);
  if ('fault' in called) return `name: ${called.fault}`;
  const said = body.topic ?? '';
  if (typeof said !== 'string') return `topic: use up to ${TOPIC_LENGTH} characters`;
  const topic = said.trim() === '' ? '' : plainText(said, TOPIC_LENGTH);
  if (topic === undefined) return `topic: use up to ${TOPIC_LENGTH} characters`;
  const { device } = body;
  if (typeof device !== 'string' || !DEVICE_KEY.test(device))
    return 'device: use 16 to 64 letters, digits, - and _, the same each time';
  return { name: called.name, topic, device };
}

/** Reads the body of a request about one's own hand. A string is the refusal in plain words. */
export function readOwn(text: string): HandBody | string {
  const body = objectIn(text);
  if (typeof body === 'string') return body;
  const strange = unknown(body, ['secret', 'trouble']);
  if (strange) return strange;
  const { secret, trouble } = body;
  if (typeof secret !== 'string' || !SECRET.test(secret))
    return 'secret: use the one that came when the hand was raised';
  if (trouble === undefined) return { secret };
  if (typeof trouble !== 'string' || !TROUBLES.includes(trouble))
    return `trouble: use ${TROUBLES.join(', ')}`;
  return { secret, trouble: trouble as HandTrouble };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | string {
  try {
    const body: unknown = parseJson(text);
    return body !== null && typeof body === 'object' && !Array.isArray(body)
      ? (body as Record<string, unknown>)
      : 'Send an object';
  } catch {
    return 'The body is not JSON';
  }
}

function unknown(body: Readonly<Record<string, unknown>>, known: readonly string[]): string | undefined {
  const other = Object.keys(body).find((key) => !known.includes(key));
  return other === undefined
    ? undefined
    : `there is no field ${JSON.stringify(other.slice(0, 40))}; use ${known.join(', ')}`;
}
