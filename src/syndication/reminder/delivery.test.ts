import { expect, test } from 'vitest';
import type { RoomCard } from '../../wire/room.ts';
import type { ReminderRow } from './book.ts';
import { openDelivery } from './delivery.ts';
import type { ReminderLetter } from './reminding.ts';

// Clocks go forward in Paris on 28 March 2027.
const WINTER = Date.UTC(2027, 2, 2, 19);
const SPRING = Date.UTC(2027, 2, 30, 18);

/** The mail that goes out about a room. */
async function mailed(notice: string, card: Partial<RoomCard>, language = 'en'): Promise<string> {
  const letters: ReminderLetter[] = [];
  const hall: RoomCard = {
    ...{ slug: 'hall', title: 'The Hall', hosts: ['Ana'], status: 'scheduled', clocks: {}, ...card },
  };
  const deliver = openDelivery({
    reminding: {
      topicKey: new Uint8Array(32),
      mail: async (letter: ReminderLetter) => void letters.push(letter),
    } as never,
    ...{ vapid: {} as never, base: 'https://rooms.example', wall: () => WINTER - 3_600_000 },
    ...{ cardOf: async () => hall, isTaken: () => true },
  });
  const row = {
    ...{ id: 'x', room: 'hall', way: 'mail', target: 'eva@example.org', keys: null, account: null, language },
    ...{ notice, due: WINTER - 3_600_000, edition: 1 },
  } as unknown as ReminderRow;
  expect(await deliver(row)).toEqual({ became: 'sent' });
  const [{ subject, text } = { subject: '', text: '' }] = letters;
  return `${subject}\n${text}`.replace(/[\u202f\u00a0]/g, ' ');
}

test('a mail tells the time in the zone of the room, as its clocks are then, and not in UTC', async () => {
  const paris = { zone: 'Europe/Paris' };
  const soon = await mailed('soon', { ...paris, clocks: { scheduled: WINTER } });
  expect(soon).toContain('The Hall: Starts at 20:00 (Central European Standard Time).');
  expect(soon).toContain('2 March 2027 at 20:00 (Central European Standard Time)');
  const moved = await mailed('moved', { ...paris, clocks: { scheduled: SPRING } });
  expect(moved).toMatch(/Tuesday,? 30 March 2027 at 20:00 \(Central European Summer Time\)/);
  expect(`${soon}${moved}`).not.toContain('UTC');
});

test('it does so in the language of its reader', async () => {
  expect(await mailed('soon', { zone: 'America/Sao_Paulo', clocks: { scheduled: WINTER } }, 'fr')).toContain(
    '16:00 (heure normale de Brasilia)',
  );
});

test('of a room without a zone it says UTC', async () => {
  expect(await mailed('soon', { clocks: { scheduled: WINTER } })).toContain('Starts at 19:00 UTC.');
});
