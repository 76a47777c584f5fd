/** A process that sends reminders, to be killed while it does. Arguments: the database, the address of the room, its start. */
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { open as openOutgoing } from '../../src/outgoing/index.ts';
import { open } from '../../src/store/index.ts';
import { openReminders } from '../../src/syndication/reminder/reminders.ts';
import type { RoomCard } from '../../src/wire/room.ts';

const [url = '', slug = '', start = ''] = process.argv.slice(2);
const card: RoomCard = {
  ...{ slug, title: 'The Hall', hosts: ['Ana'], status: 'scheduled', clocks: { scheduled: Number(start) } },
};
await openReminders({
  ...{ store: await open({ url }), clock: systemClock, log: silentLog, publicUrl: 'https://rooms.example' },
  ...{ account: async () => undefined, cardOf: async () => card, cards: () => [card] },
  reminding: {
    ...{ outgoing: openOutgoing({ allow: ['127.0.0.1'], kept: 16 }), services: ['127.0.0.1'] },
    ...{ vapidKey: new Uint8Array(32).fill(3), topicKey: new Uint8Array(32).fill(4) },
    ...{ most: 10_000, perSecond: 10_000 },
  },
});
// Nothing else keeps the process; without its parent it ends.
process.on('message', () => undefined).on('disconnect', () => process.exit());
process.send?.('open');
