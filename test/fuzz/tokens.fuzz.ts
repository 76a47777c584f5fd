/** Signed texts: links, session and return tokens, tickets. What was not signed here is never accepted. */

import type { Slug } from '../../src/base/ids.ts';
import { openReturnTokens } from '../../src/door/admission/return-token.ts';
import { openSessionTokens } from '../../src/door/audience/session-token.ts';
import { openTokenCheck, openTokens } from '../../src/keys/token.ts';
import { openTickets } from '../../src/queue/ticket.ts';
import { sessionOf } from '../../src/wire/listening-proof.ts';
import { target } from './engine/target.ts';
import { signedLink } from './signed-link.ts';

const SECRET = new Uint8Array(32).fill(9);
const WALL = Date.UTC(2026, 11, 1);
const wall = (): number => WALL;
const tokens = openTokens(SECRET);
const quick = openTokenCheck(SECRET);
const sessions = openSessionTokens(SECRET, wall);
const returns = openReturnTokens(SECRET, wall);
const tickets = openTickets(SECRET);

const link = signedLink(SECRET, { room: 'hall', role: 'host', name: 'Ann', gen: 2, sub: 'ann' });
const operator = signedLink(SECRET, { role: 'operator', gen: 1 });
const session = sessions.renew('hall', { low: 7, high: 9 });
const back = returns.give('hall', '192.0.2');
const place = {
  slug: 'hall' as Slug,
  minute: 29_000_000,
  rank: 77,
  kind: 'wait',
  until: WALL + 1_000,
} as const;
const ticket = tickets.sign(place);
/** All that was ever signed here. */
const SIGNED = [link, operator, session, back, ticket];

/** The last letter of 22 or 43 carries bits that mean nothing: four spellings of a signature are the same bytes. */
const same = (a: string, b: string): boolean =>
  a === b || (a.length === b.length && a.slice(0, -1) === b.slice(0, -1));

export default target({
  covers: [
    'src/keys/',
    'src/door/admission/return-token.ts',
    'src/door/audience/session-token.ts',
    'src/queue/ticket.ts',
    'src/base/ids.ts',
  ],
  async run(bytes) {
    const text = bytes.toString('latin1');
    const grant = await tokens.check(text, 'hall');
    const generation = await tokens.checkOperator(text);
    const accepted = [
      ...[typeof grant === 'object', generation !== undefined, quick(text, 'hall', WALL)],
      ...[sessions.check(text, 'hall') === undefined, returns.holds(text, 'hall', '192.0.2')],
      tickets.check(text, 'hall', WALL).kind === 'good',
    ];
    if (accepted.includes(true) && !SIGNED.some((one) => same(one, text)))
      throw new Error(`accepted by ${accepted}: ${JSON.stringify(text)}`);
    if ((sessionOf(text) === undefined) !== (sessions.read(text) === undefined))
      throw new Error('two readings of a session');
  },
  seeds: [
    ...SIGNED,
    tickets.sign({ ...place, kind: 'seat', slug: 'other' as Slug }),
    'eyJhbGciOiJub25lIn0.e30.',
  ],
  words: [
    ...SIGNED.flatMap((one) => one.split('.')),
    'eyJhbGciOiJub25lIn0',
    'eyJhbGciOiJSUzI1NiJ9',
    'q1',
    'w',
    's',
  ],
  mostBytes: 2_048,
});
