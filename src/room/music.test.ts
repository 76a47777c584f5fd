import { beforeEach, describe, expect, test } from 'vitest';
import { HOUR, inMs, refusal, roomsRig, tokens } from '../../test/rooms.ts';
import type { Grant } from '../keys/token.ts';
import { MAX_MUSIC_BYTES, type MusicShelf } from './music.ts';

const rig = roomsRig();

describe("a host's hold music", () => {
  let kept: Map<string, Uint8Array>;
  let token: string;
  beforeEach(async () => {
    kept = new Map();
    const music: MusicShelf = {
      async put(slug, body) {
        const parts: Uint8Array[] = [];
        for await (const part of body) parts.push(part);
        const bytes = Buffer.concat(parts);
        if (bytes.length > MAX_MUSIC_BYTES) return { refused: 'too-large', detail: 'Too large.' };
        if (bytes.length < 10) return { refused: 'unsupported-media-type', detail: 'Send WAV.' };
        kept.set(slug, bytes);
        return { seconds: 41.4 };
      },
      async find(slug) {
        const bytes = kept.get(slug);
        return (
          bytes && {
            seconds: 41.4,
            edition: `${bytes[0]} ${bytes.length}`,
            wav: () => new Blob([new Uint8Array(bytes)]).stream(),
          }
        );
      },
      remove: async (slug) => void kept.delete(slug),
      keep: async () => {},
    };
    await rig.restart({ music });
    ({ token } = await rig.create({ title: 'Talk' }));
  });
  const put = (body: Uint8Array, by: string | undefined = token, slug = 'talk') =>
    rig.ask('PUT', `/api/rooms/${slug}/music`, body, by, { 'content-type': 'audio/wav' });

  test('is kept as sent, and removed again', async () => {
    const file = new Uint8Array(100_000).fill(7);
    const answer = await put(file);
    expect([answer.status, answer.body]).toEqual([200, { seconds: 41 }]);
    expect(Buffer.from(kept.get('talk')!)).toEqual(Buffer.from(file));
    expect((await rig.ask('DELETE', '/api/rooms/talk/music', undefined, token)).status).toBe(204);
    expect(kept.size).toBe(0);
  });

  test('is replaced and removed only while it is what was read', async () => {
    const read = async () =>
      (await rig.ask('GET', '/api/rooms/talk/music', undefined, token)).headers.get('etag') ?? '';
    const none = await read();
    const ask = (method: string, etag: string, body?: Uint8Array) =>
      rig.ask(method, '/api/rooms/talk/music', body, token, {
        'content-type': 'audio/wav',
        'if-match': etag,
      });
    const sent = await ask('PUT', none, new Uint8Array(100).fill(1));
    expect([sent.status, sent.headers.get('etag')]).toEqual([200, await read()]);
    expect(refusal(await ask('PUT', none, new Uint8Array(100).fill(2)))).toEqual([412, 'etag-mismatch']);
    expect(refusal(await ask('DELETE', none))).toEqual([412, 'etag-mismatch']);
    expect(kept.get('talk')?.[0]).toBe(1);
    expect((await ask('DELETE', await read())).status).toBe(204);
    expect(await read()).toBe(none);
  });

  test('is listed for and heard by hosts alone', async () => {
    const ask = (path: string, by?: string) => rig.ask('GET', `/api/rooms/talk/music${path}`, undefined, by);
    expect((await ask('', token)).body).toEqual({ seconds: null });
    expect(refusal(await ask('.wav', token))).toEqual([404, 'not-found']);
    await put(new Uint8Array(100));
    expect((await ask('', token)).body).toEqual({ seconds: 41 });
    const sound = await ask('.wav', token);
    expect([sound.status, sound.headers.get('content-type')]).toEqual([200, 'audio/wav']);
    expect(refusal(await ask(''))).toEqual([401, 'token-missing']);
    expect(refusal(await ask('.wav'))).toEqual([401, 'token-missing']);
  });

  test('that cannot be read is refused with the reason', async () => {
    const answer = await put(new Uint8Array(3));
    expect(refusal(answer)).toEqual([415, 'unsupported-media-type']);
    expect(answer.body.detail).toBe('Send WAV.');
  });

  test('that is too large is refused', async () => {
    expect(refusal(await put(new Uint8Array(MAX_MUSIC_BYTES + 1)))).toEqual([413, 'too-large']);
    expect((await put(new Uint8Array(MAX_MUSIC_BYTES))).status).toBe(200);
  });

  test('of a room to come is taken from a day before its start', async () => {
    const { token: host } = await rig.create({ title: 'Later', start: inMs(25 * HOUR) });
    expect(refusal(await put(new Uint8Array(100), host, 'later'))).toEqual([409, 'wrong-moment']);
    rig.clock.advance(HOUR);
    expect((await put(new Uint8Array(100), host, 'later')).status).toBe(200);
  });

  test('that a room got while it ended is not kept', async () => {
    const late: MusicShelf = {
      find: async () => undefined,
      async put(slug) {
        await rig.ask('POST', `/api/rooms/${slug}/end`, undefined, token);
        kept.set(slug, new Uint8Array(1));
        return { seconds: 9 };
      },
      remove: async (slug) => void kept.delete(slug),
      keep: async () => {},
    };
    await rig.restart({ music: late });
    expect(refusal(await put(new Uint8Array(100)))).toEqual([410, 'room-ended']);
    expect(kept.size).toBe(0);
  });

  test('comes from a host only, of this room, and not after its end', async () => {
    const speaker = await tokens.sign({ slug: 'talk', role: 'speaker', speaker: 'me', name: '' } as Grant);
    const file = new Uint8Array(100);
    expect(refusal(await put(file, speaker))).toEqual([403, 'not-host']);
    expect(refusal(await put(file, 'nonsense'))).toEqual([401, 'token-invalid']);
    expect(refusal(await rig.ask('PUT', '/api/rooms/talk/music', file))).toEqual([401, 'token-missing']);
    expect(refusal(await put(file, token, 'nowhere'))).toEqual([404, 'room-unknown']);
    await rig.ask('POST', '/api/rooms/talk/end', undefined, token);
    expect(refusal(await put(file))).toEqual([410, 'room-ended']);
    expect(kept.size).toBe(0);
  });
});
