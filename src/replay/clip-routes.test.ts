import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { NO_EDITS, type RecordingEdits } from '../wire/replay/edits.ts';
import type { RoomCard } from '../wire/room.ts';
import { open } from './index.ts';

const clock = manualClock();
const BEGAN = clock.wall();
const card: RoomCard = {
  ...{ slug: 'hall', title: 'Town hall', hosts: ['Ana'], zero: BEGAN },
  status: 'ended',
  clocks: { opened: BEGAN, firstSpeech: BEGAN, ended: BEGAN + 3_600_000 },
};

/** A room with a host, Ana, and two speakers: the link of each is their name. */
function hall() {
  let edits: RecordingEdits = NO_EDITS;
  const replays = open({
    ...{ clock, log: silentLog },
    edits: {
      of: async () => edits,
      async change(_, change) {
        edits = await change(edits);
        return edits;
      },
    },
    memberOf: async (_, token) => ({
      ...{ card, operator: false, speaker: token ?? '' },
      role: token === 'ana' ? 'host' : 'speaker',
    }),
    cardOf: async () => card,
    original: async () => undefined,
    mark: async () => ({ rendition: 'aac96', sha256: 'a'.repeat(64), bytes: 8 }),
    witness: async () => true,
  });
  return async (who: string, method: string, path: string, body?: object): Promise<Response> =>
    replays.fetch(
      new Request(`http://x.example/api/rooms/hall/${path}`, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${who}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
}

test('speakers are shown the clips that they made, and nothing else of what was added; hosts everything', async () => {
  const ask = hall();
  expect((await ask('ana', 'POST', 'chapters', { title: 'Questions' })).status).toBe(201);
  for (const who of ['ana', 'ben', 'cid'])
    expect((await ask(who, 'POST', 'clips', { title: `By ${who}`, last: 30 })).status).toBe(201);
  const shown = async (who: string) => (await (await ask(who, 'GET', 'replay')).json()) as RecordingEdits;
  const [host, speaker] = [await shown('ana'), await shown('ben')];
  expect([host.chapters.length, host.clips.length]).toEqual([1, 3]);
  expect(speaker.chapters).toEqual([]);
  expect(speaker.clips.map(({ title }) => title)).toEqual(['By ben']);
  expect(speaker.clips[0]).not.toHaveProperty('by');
  const own = await ask('ben', 'PATCH', `clips/${speaker.clips[0]?.id}`, { title: 'Mended' });
  const others = await ask('cid', 'PATCH', `clips/${speaker.clips[0]?.id}`, { title: 'Not mine' });
  expect([own.status, others.status]).toEqual([200, 403]);
});
