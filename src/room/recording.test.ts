import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, refusal, roomsRig, tokens } from '../../test/rooms.ts';
import { LOCAL_GENERATION } from '../keys/token.ts';

const rig = roomsRig();
const { ask, create } = rig;

describe('removing the recording of a room', () => {
  let token: string;
  let dropped: string[];
  let kept: boolean;
  const remove = (by?: string): Promise<Answer> => ask('DELETE', '/api/rooms/talk/recording', undefined, by);
  const invite = async (role: string) => {
    const { body } = await ask('POST', '/api/rooms/talk/invites', { role }, token);
    return { token: String(body.token), speaker: String(body.speaker) };
  };
  beforeEach(async () => {
    dropped = [];
    kept = true;
    await rig.restart({
      operatorKey: 'key-of-the-operator',
      dropRecording: async (slug, by) => {
        dropped.push(`${slug} by ${by}`);
        return kept;
      },
    });
    ({ token } = await create({ title: 'Talk', host: 'Ana' }));
  });
  const end = () => ask('POST', '/api/rooms/talk/end', undefined, token);

  test('is for the host, once the room is over; the room stays', async () => {
    const early = await remove(token);
    expect(refusal(early)).toEqual([409, 'wrong-moment']);
    expect(early.body.detail).toBe('The room is on air or open: end it, then remove its recording.');
    expect(dropped).toEqual([]);
    await end();
    expect((await remove(token)).status).toBe(204);
    expect(dropped).toEqual(['talk by host']);
    expect((await ask('GET', '/api/rooms/talk')).body).toMatchObject({ status: 'ended', title: 'Talk' });
  });

  test('is not for strangers, speakers, co-hosts, removed co-hosts, nor hosts of other rooms', async () => {
    const speaker = await invite('speaker');
    const helper = await invite('co-host');
    const removed = await invite('co-host');
    await ask('DELETE', `/api/rooms/talk/people/${removed.speaker}`, undefined, token);
    const other = await create({ title: 'Other' });
    await end();
    expect(refusal(await remove())).toEqual([401, 'token-missing']);
    expect(refusal(await remove('guess'))).toEqual([401, 'token-invalid']);
    expect(refusal(await remove(speaker.token))).toEqual([403, 'not-host']);
    expect(refusal(await remove(helper.token))).toEqual([403, 'not-host']);
    expect(refusal(await remove(removed.token))).toEqual([403, 'removed']);
    expect(refusal(await remove(other.token))).toEqual([403, 'token-other-room']);
    expect(dropped).toEqual([]);
  });

  test('is not for links that the host has withdrawn', async () => {
    const { body } = await ask('POST', '/api/rooms/talk/links/renew', undefined, token);
    await ask('POST', '/api/rooms/talk/end', undefined, String(body.token));
    expect(refusal(await remove(token))).toEqual([403, 'link-withdrawn']);
    expect((await remove(String(body.token))).status).toBe(204);
    expect(dropped).toEqual(['talk by host']);
  });

  test('by the operator is told as such: by key, and by a link signed on the machine itself, not by a name', async () => {
    const link = (speaker: string, generation: number) =>
      tokens.sign({
        ...{ slug: 'talk' as never, role: 'host', name: '' },
        ...{ speaker: speaker as never, generation },
      });
    await end();
    await remove('key-of-the-operator');
    await remove(await link('anybody', LOCAL_GENERATION));
    await remove(await link('cli-12345678', 0));
    expect(dropped).toEqual(['talk by operator', 'talk by operator', 'talk by host']);
  });

  test('says so when nothing is recorded, or no such room is known', async () => {
    kept = false;
    await end();
    const answer = await remove(token);
    expect(refusal(answer)).toEqual([404, 'not-found']);
    expect(answer.body.detail).toBe('There is no recording of this room.');
    expect(refusal(await ask('DELETE', '/api/rooms/none/recording', undefined, token))).toEqual([
      ...[404, 'room-unknown'],
    ]);
  });

  test('is in the description of the API, with what it may answer', async () => {
    const { body } = await ask('GET', '/openapi.json');
    const paths = body.paths as Record<string, Record<string, { responses: Record<string, unknown> }>>;
    expect(Object.keys(paths['/api/rooms/{slug}/recording']?.delete?.responses ?? {})).toEqual(
      expect.arrayContaining(['204', '401', '403', '404', '409', '429']),
    );
  });
});
