import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, HOUR, inMs, refusal, roomsRig, tokens } from '../../test/rooms.ts';
import { LOCAL_GENERATION } from '../keys/token.ts';

const rig = roomsRig();
const { ask, card, create } = rig;

interface Link {
  readonly token: string;
  readonly speaker: string;
}

describe('a revoked link', () => {
  let token: string;
  let helper: Link;
  const invite = async (by: string, body: object = {}): Promise<Link> => {
    const answer = await ask('POST', '/api/rooms/talk/invites', body, by);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body as unknown as Link;
  };
  beforeEach(async () => {
    ({ token } = await create({ title: 'Talk', host: 'Ana' }));
    helper = await invite(token, { role: 'co-host' });
  });
  const tries = (by: string): Promise<Answer[]> =>
    Promise.all([
      ask('POST', '/api/rooms/talk/end', undefined, by),
      ask('PATCH', '/api/rooms/talk', { title: 'Mine' }, by),
      ask('POST', '/api/rooms/talk/invites', {}, by),
      ask('DELETE', '/api/rooms/talk/music', undefined, by),
    ]);
  const cannot = async (by: string, code: string): Promise<void> => {
    for (const answer of await tries(by)) expect(refusal(answer)).toEqual([403, code]);
    expect(card('talk')).toMatchObject({ status: 'open', title: 'Talk' });
  };

  test('of a removed co-host changes nothing any more, also after a restart, and the stage is told', async () => {
    const gone = await ask('DELETE', `/api/rooms/talk/people/${helper.speaker}`, undefined, token);
    expect(gone.status).toBe(204);
    await cannot(helper.token, 'removed');
    await rig.restart();
    await cannot(helper.token, 'removed');
    expect(card('talk').revoked).toEqual({ generation: 0, barred: [helper.speaker] });
    await ask('POST', '/api/rooms/talk/end', undefined, token);
    expect(card('talk').revoked).toBeUndefined();
    expect(refusal(await ask('PATCH', '/api/rooms/talk', { title: 'x' }, helper.token))).toEqual([
      ...[403, 'removed'],
    ]);
  });

  test('of somebody removed from the stage is reported by the cell, any number of times', async () => {
    let told = 0;
    rig.rooms.onChange(() => told++);
    for (let i = 0; i < 3; i++) rig.rooms.bar('talk', helper.speaker as never);
    await rig.settle();
    await cannot(helper.token, 'removed');
    expect(told).toBe(1);
  });

  test('only a host removes by the API, and not themselves', async () => {
    const other = await invite(token);
    const by = (who: string, link: string) => ask('DELETE', `/api/rooms/talk/people/${who}`, undefined, link);
    expect(refusal(await by(other.speaker, helper.token))).toEqual([403, 'not-host']);
    expect(refusal(await by('not%20an%20id', token))).toEqual([422, 'unprocessable']);
    const grant = await tokens.check(token, 'talk');
    const own = typeof grant === 'string' ? '' : grant.speaker;
    expect(refusal(await by(own, token))).toEqual([422, 'unprocessable']);
  });

  test('a thousand people are kept out and none is forgotten; beyond that, all links are replaced', async () => {
    for (let i = 0; i < 1000; i++) rig.rooms.bar('talk', `p${i}` as never);
    await rig.settle();
    const answer = await ask('DELETE', '/api/rooms/talk/people/p1000', undefined, token);
    expect(refusal(answer)).toEqual([409, 'wrong-moment']);
    expect(answer.body.detail).toContain('new links');
    expect(card('talk').revoked?.barred).toHaveLength(1000);
  });

  test('with all others of its room is worthless; the host continues with the new one', async () => {
    await ask('DELETE', '/api/rooms/talk/people/somebody', undefined, token);
    const answer = await ask('POST', '/api/rooms/talk/links/renew', undefined, token);
    expect(answer.status).toBe(201);
    await cannot(token, 'link-withdrawn');
    await cannot(helper.token, 'link-withdrawn');
    const fresh = String(answer.body.token);
    expect(answer.body.url).toBe(`https://x.example/r/talk/studio#token=${fresh}`);
    const grant = await tokens.check(fresh, 'talk');
    expect(grant).toMatchObject({ role: 'host', name: 'Ana', generation: 1 });
    expect(card('talk').revoked).toEqual({
      ...{ generation: 1, barred: [], spared: (grant as { speaker: string }).speaker },
    });
    const { token: guest } = await invite(fresh, { role: 'co-host' });
    expect((await ask('POST', '/api/rooms/talk/live', undefined, guest)).status).toBe(200);
    expect(refusal(await ask('POST', '/api/rooms/talk/links/renew', undefined, guest))).toEqual([
      ...[403, 'not-host'],
    ]);
  });

  test('does not open the next room at its address', async () => {
    const first = await create({ title: 'Soon', slug: 'soon', start: inMs(HOUR) });
    await ask('POST', '/api/rooms/soon/cancel', undefined, first.token);
    const second = await create({ title: 'Soon again', slug: 'soon', start: inMs(2 * HOUR) });
    expect(refusal(await ask('POST', '/api/rooms/soon/open', undefined, first.token))).toEqual([
      ...[403, 'link-withdrawn'],
    ]);
    expect((await ask('POST', '/api/rooms/soon/open', undefined, second.token)).status).toBe(200);
  });

  test('signed on the machine itself is good whatever a host withdrew', async () => {
    await ask('POST', '/api/rooms/talk/links/renew', undefined, token);
    const local = await tokens.sign({
      ...{ slug: 'talk' as never, role: 'host', speaker: 'cli' as never, name: '' },
      generation: LOCAL_GENERATION,
    });
    expect((await ask('POST', '/api/rooms/talk/live', undefined, local)).status).toBe(200);
  });
});

describe('removing a room', () => {
  test('removes it from every list with its recording and music, once it is over, and keeps its address taken', async () => {
    const freed: string[] = [];
    await rig.restart({ removeRecording: async (slug) => void freed.push(slug) });
    const { token } = await create({ title: 'Secret plans', host: 'Ana' });
    rig.rooms.clocks('secret-plans', { firstSpeech: 5 });
    const remove = () => ask('DELETE', '/api/rooms/secret-plans', undefined, token);
    expect(refusal(await remove())).toEqual([409, 'wrong-moment']);
    await ask('POST', '/api/rooms/secret-plans/end', undefined, token);
    const told: string[] = [];
    rig.rooms.onChange((slug) => told.push(slug));
    expect((await remove()).status).toBe(204);
    expect(freed).toEqual(['secret-plans']);
    expect(told).toEqual(['secret-plans']);
    const gone = async (): Promise<void> => {
      expect(rig.rooms.cards()).toEqual([]);
      expect(rig.rooms.card('secret-plans')).toBeUndefined();
      for (const path of ['/api/rooms/secret-plans', '/r/secret-plans/event.ics'])
        expect(refusal(await ask('GET', path))).toEqual([404, 'room-unknown']);
      expect(refusal(await remove())).toEqual([404, 'room-unknown']);
    };
    await gone();
    await rig.restart();
    await gone();
    const taken = await ask('POST', '/api/rooms', { title: 'x', slug: 'secret-plans' });
    expect(refusal(taken)).toEqual([409, 'slug-taken']);
  });

  test('is not for co-hosts, nor for the demo room', async () => {
    await rig.restart({ operatorKey: 'key-of-the-operator' });
    await rig.rooms.ensureWelcome(true);
    expect(refusal(await ask('DELETE', '/api/rooms/welcome', undefined, 'key-of-the-operator'))).toEqual([
      409,
      'wrong-moment',
    ]);
    const { token } = await create({ title: 'Talk' });
    const { body } = await ask('POST', '/api/rooms/talk/invites', { role: 'co-host' }, token);
    await ask('POST', '/api/rooms/talk/end', undefined, token);
    expect(refusal(await ask('DELETE', '/api/rooms/talk', undefined, String(body.token)))).toEqual([
      ...[403, 'not-host'],
    ]);
  });
});

describe('a host who has lost the link', () => {
  test('is given another by the operator, also after the end; a host gives none', async () => {
    await rig.restart({ operatorKey: 'key-of-the-operator' });
    const { token } = await create({ title: 'Talk' });
    const ask1 = (by: string) => ask('POST', '/api/rooms/talk/invites', { role: 'host', name: 'Ana' }, by);
    expect(refusal(await ask1(token))).toEqual([403, 'operator-only']);
    await ask('POST', '/api/rooms/talk/end', undefined, token);
    const answer = await ask1('key-of-the-operator');
    expect(answer.status).toBe(201);
    expect(await tokens.check(String(answer.body.token), 'talk')).toMatchObject({
      role: 'host',
      name: 'Ana',
    });
  });
});

describe('too many changes', () => {
  test('of one link are deferred; nobody else has to wait for them', async () => {
    const { token } = await create({ title: 'Talk' });
    const { body } = await ask('POST', '/api/rooms/talk/invites', { role: 'co-host' }, token);
    const helper = String(body.token);
    const edit = (by: string) => ask('PATCH', '/api/rooms/talk', { title: 'Talk' }, by);
    for (let i = 0; i < 20; i++) expect((await edit(helper)).status).toBe(200);
    const more = await edit(helper);
    expect(refusal(more)).toEqual([429, 'too-many-changes']);
    expect(more.headers.get('retry-after')).toBe('1');
    expect((await edit(token)).status).toBe(200);
    rig.clock.advance(1000);
    expect((await edit(helper)).status).toBe(200);
    expect(refusal(await edit(helper))[0]).toBe(429);
  });

  test('invitations have a limit of their own', async () => {
    const { token } = await create({ title: 'Talk' });
    const invite = () => ask('POST', '/api/rooms/talk/invites', {}, token);
    for (let i = 0; i < 40; i++) expect((await invite()).status).toBe(201);
    expect(refusal(await invite())).toEqual([429, 'too-many-changes']);
    rig.clock.advance(3000);
    expect((await invite()).status).toBe(201);
  });

  test('an edit that changes nothing says nothing', async () => {
    const { token } = await create({ title: 'Talk', start: inMs(HOUR) });
    await ask('PATCH', '/api/rooms/talk', { cap: 5 }, token);
    const before = card('talk');
    let told = 0;
    rig.rooms.onChange(() => told++);
    const same = { title: ' Talk ', start: inMs(HOUR), cap: 5 };
    const answer = await ask('PATCH', '/api/rooms/talk', same, token);
    expect(answer.body).toMatchObject({ title: 'Talk', cap: 5 });
    expect(told).toBe(0);
    expect(card('talk')).toBe(before);
  });
});
