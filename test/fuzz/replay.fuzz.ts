/** Requests about recordings: chapters, clips, trims, how long one is kept. */
import { silentLog } from '../../src/base/log.ts';
import { open } from '../../src/replay/index.ts';
import { cutsOf, LONGEST_CLIP_MS, NO_EDITS, type RecordingEdits } from '../../src/wire/replay/edits.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { manualClock } from '../clock.ts';
import { target } from './engine/target.ts';
import { checked, requestOf, written } from './requests.ts';

const clock = manualClock();
const BEGAN = clock.wall();
let edits: RecordingEdits = NO_EDITS;
const card: RoomCard = {
  ...{ slug: 'hall', title: 'Town <hall>', hosts: ['Ana'], zero: BEGAN },
  status: 'ended',
  clocks: { opened: BEGAN, firstSpeech: BEGAN, ended: BEGAN + 3_600_000 },
};
const replays = open({
  ...{ clock, log: silentLog },
  edits: {
    of: async () => edits,
    async change(_, change) {
      edits = await change(edits);
      return edits;
    },
  },
  memberOf: async (slug) =>
    slug === 'hall' ? { card, role: 'host', operator: false, speaker: 'ana' } : { refused: 'room-unknown' },
  cardOf: async () => card,
  original: async () => ({
    rendition: 'aac96',
    async *bytes() {
      yield new Uint8Array(8);
    },
  }),
  mark: async () => ({ rendition: 'aac96', sha256: 'a'.repeat(64), bytes: 8 }),
  witness: async (_, __, text) => [...text].length <= 280,
});
const JSON_TYPE = { 'content-type': 'application/json', authorization: 'Bearer a.b.c' };
const at = (seconds: number): string => new Date(BEGAN + seconds * 1000).toISOString();
const sent = (method: string, path: string, body: object): Uint8Array | string =>
  written(method, `/api/rooms/hall/${path}`, JSON_TYPE, JSON.stringify(body));

export default target({
  covers: ['src/replay/'],
  async run(bytes) {
    const request = requestOf(bytes, 'http://x.example');
    if (!request || !replays.takes(new URL(request.url).pathname)) return;
    clock.advance(2_500);
    if (edits.clips.length + edits.chapters.length + edits.trims.length > 40) edits = NO_EDITS;
    await checked(await replays.fetch(request));
    for (const { from, to } of edits.clips)
      if (!(to > from && to - from < LONGEST_CLIP_MS + 20))
        throw new Error('a clip of no length, or too long');
    for (const { first, end } of cutsOf(edits)) if (!(end > first)) throw new Error('a trim of nothing');
    for (const { link } of edits.chapters)
      if (link !== undefined && !/^https?:\/\//.test(link)) throw new Error('a link that is none');
  },
  seeds: [
    sent('POST', 'chapters', { title: 'Questions', link: 'https://example.org/', at: at(60) }),
    sent('PATCH', 'chapters/abc', { title: 'Mended', link: null }),
    sent('POST', 'clips', { title: 'A moment', text: 'Said', from: at(60), to: at(90.25) }),
    sent('POST', 'clips', { title: 'The last', last: 30 }),
    sent('PATCH', 'clips/abc', { text: null }),
    sent('POST', 'trims', { from: at(60), to: at(70), note: 'A name' }),
    sent('PATCH', 'replay', { days: 30 }),
    written('GET', '/api/rooms/hall/replay', JSON_TYPE),
    written('DELETE', '/api/rooms/hall/trims/abc', JSON_TYPE),
    written('GET', '/api/rooms/hall/original.mp4', JSON_TYPE),
    written('GET', '/r/hall/clip/abc.png'),
  ],
  words: ['"title"', '"from"', '"to"', '"last"', '"note"', '"days"', 'https://', 'application/json'],
  patienceMs: 1_000,
});
