import { expect, test } from 'vitest';
import { openTickets, type Ticket } from './ticket.ts';

const tickets = openTickets(new Uint8Array(32).fill(7));
const ticket: Ticket = { slug: 'evening', minute: 3, rank: 123_456, kind: 'wait', until: 600_000 };
const text = tickets.sign(ticket);

test('a ticket states room, minute and rank in plain text, and reads back unchanged', () => {
  expect(text).toMatch(/^q1\.evening\.3\.123456\.w\.600\.[\w-]{22}$/);
  expect(tickets.check(text, 'evening', 0)).toEqual({ kind: 'good', ticket });
});

test('a ticket is worth nothing with any one letter changed', () => {
  for (let i = 0; i < text.length; i++) {
    const other = text[i] === 'a' ? 'b' : 'a';
    const altered = text.slice(0, i) + other + text.slice(i + 1);
    expect(tickets.check(altered, 'evening', 0).kind, altered).toBe('forged');
  }
  for (const bad of [
    '',
    'q1',
    `${text}a`,
    text.slice(0, -1),
    text.toUpperCase(),
    text.replace('.3.', '.03.'),
    'x'.repeat(1e6),
  ])
    expect(tickets.check(bad, 'evening', 0).kind).toBe('forged');
});

test('a ticket of another installation is forged, of another room foreign, past its time expired', () => {
  expect(openTickets(new Uint8Array(32)).check(text, 'evening', 0).kind).toBe('forged');
  expect(tickets.check(text, 'morning', 0)).toEqual({ kind: 'foreign', ticket });
  expect(tickets.check(text, 'evening', 600_000)).toEqual({ kind: 'expired', ticket });
  expect(tickets.check(text, 'evening', 599_999).kind).toBe('good');
});
