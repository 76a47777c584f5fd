import { personName, plainText } from '../base/plain-text.ts';
import { parseJson } from '../http/index.ts';
import { type InteractionAct, PIN_LINK_LENGTH, QUESTION_LENGTH } from '../wire/interaction/questions.ts';
import { DEVICE_KEY, STAGE_NAME_LENGTH } from '../wire/stage/hands.ts';

/** A question as a page sends it. */
export interface AskBody {
  readonly text: string;
  readonly name?: string | undefined;
  /** Absent where the page has no scripts: then the network stands for the device. */
  readonly device?: string | undefined;
}

/** A vote as a page sends it. */
export type VoteBody = Pick<AskBody, 'device'>;

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a form of a page without scripts. */
export const formFields = (text: string): Fields => Object.fromEntries(new URLSearchParams(text));

/** The fields of a JSON object; a string is the refusal in plain words. */
export function jsonFields(text: string): Fields | string {
  try {
    const body: unknown = parseJson(text);
    return body !== null && typeof body === 'object' && !Array.isArray(body)
      ? (body as Fields)
      : 'Send an object';
  } catch {
    return 'The body is not JSON';
  }
}

/** Reads a question. A string is the refusal in plain words. */
export function readAsk(fields: Fields): AskBody | string {
  const strange = unknown(fields, ['text', 'name', 'device']);
  if (strange) return strange;
  const text = line(fields.text, QUESTION_LENGTH);
  if (text === undefined) return `text: use 1 to ${QUESTION_LENGTH} characters`;
  const said = fields.name ?? '';
  if (typeof said !== 'string') return `name: use up to ${STAGE_NAME_LENGTH} characters`;
  const called = said.trim() === '' ? { name: undefined } : personName(said, STAGE_NAME_LENGTH);
  if ('fault' in called) return `name: ${called.fault}`;
  const device = deviceIn(fields);
  return 'refused' in device ? device.refused : { text, name: called.name, ...device };
}

/** Reads a vote. A string is the refusal in plain words. */
export function readVote(fields: Fields): VoteBody | string {
  const strange = unknown(fields, ['device']);
  if (strange) return strange;
  const device = deviceIn(fields);
  return 'refused' in device ? device.refused : device;
}

/** Reads what a host does. A string is the refusal in plain words. */
export function readAct(fields: Fields): InteractionAct | string {
  const what = fields.do;
  if (what === 'answered' || what === 'hide' || what === 'reopen') {
    const strange = unknown(fields, ['do', 'question']);
    if (strange) return strange;
    const { question } = fields as { question?: unknown };
    return typeof question === 'string' && question.length <= 40
      ? { do: what, question }
      : 'question: use the id of a question';
  }
  if (what === 'unpin') return unknown(fields, ['do']) ?? { do: 'unpin' };
  if (what !== 'pin') return 'do: use answered, hide, reopen, pin or unpin';
  const strange = unknown(fields, ['do', 'text', 'link']);
  if (strange) return strange;
  const text = line(fields.text, QUESTION_LENGTH);
  if (text === undefined) return `text: use 1 to ${QUESTION_LENGTH} characters`;
  const said = fields.link ?? '';
  if (said === '') return { do: 'pin', text };
  const link = typeof said === 'string' ? secureLink(said) : undefined;
  return link === undefined
    ? `link: use an https address of up to ${PIN_LINK_LENGTH} characters, without a user name`
    : { do: 'pin', text, link };
}

/** An https address as it is shown and followed; undefined for any other. */
export function secureLink(text: string): string | undefined {
  if (text.length > PIN_LINK_LENGTH || !URL.canParse(text)) return undefined;
  const { protocol, username, password, hostname, href } = new URL(text);
  const plain = protocol === 'https:' && username === '' && password === '' && hostname !== '';
  return plain && href.length <= 3 * PIN_LINK_LENGTH ? href : undefined;
}

const line = (said: unknown, most: number): string | undefined =>
  typeof said === 'string' ? plainText(said, most) : undefined;

function deviceIn(fields: Fields): { readonly device?: string } | { readonly refused: string } {
  const { device } = fields as { device?: unknown };
  if (device === undefined) return {};
  return typeof device === 'string' && DEVICE_KEY.test(device)
    ? { device }
    : { refused: 'device: use 16 to 64 letters, digits, - and _, the same each time' };
}

function unknown(fields: Fields, known: readonly string[]): string | undefined {
  const other = Object.keys(fields).find((key) => !known.includes(key));
  return other === undefined
    ? undefined
    : `there is no field ${JSON.stringify(other.slice(0, 40))}; use ${known.join(', ')}`;
}
