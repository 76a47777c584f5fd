import { describe, expect, test, vi } from 'vitest';
import { HOUR, inMs, MINUTE, NOW, refusal, roomsRig } from '../../test/rooms.ts';
import { RUN_UP_MS } from '../wire/room.ts';

const rig = roomsRig();
const { ask, card, create } = rig;

describe('time', () => {
  test('an announced room opens by itself a quarter of an hour before its start, not earlier', async () => {
    await create({ title: 'Evening', start: inMs(HOUR) });
    rig.clock.advance(45 * MINUTE - 1);
    await rig.settle();
    expect(card('evening').status).toBe('scheduled');
    rig.clock.advance(1000);
    await vi.waitFor(() => expect(card('evening').status).toBe('open'));
    expect(card('evening')).toMatchObject({ clocks: { scheduled: NOW + HOUR }, cell: 0 });
    expect(card('evening').zero).toBe((card('evening').clocks.opened ?? 0) - RUN_UP_MS);
  });

  test('one announced for the next minutes opens at once', async () => {
    await create({ title: 'Soon', start: inMs(5 * MINUTE) });
    expect(card('soon')).toMatchObject({
      status: 'open',
      clocks: { scheduled: NOW + 5 * MINUTE, opened: NOW },
    });
  });

  test('an abandoned room ends by itself; one with somebody on stage does not', async () => {
    await create({ title: 'Empty' });
    await create({ title: 'Busy' });
    for (let i = 0; i < 130; i++) {
      rig.rooms.onStage('busy', 1);
      rig.rooms.onStage('empty', 0);
      rig.clock.advance(MINUTE);
      await rig.settle();
    }
    expect(card('empty').status).toBe('ended');
    expect(card('busy').status).toBe('open');
  });

  test('an abandoned room ends although others of the same title are started', async () => {
    await create({ title: 'Empty' });
    for (let i = 0; i < 8; i++) {
      const { slug, token } = await create({ title: 'Empty' });
      await ask('POST', `/api/rooms/${slug}/end`, undefined, token);
      rig.clock.advance(25 * MINUTE);
      await rig.settle();
    }
    expect(card('empty').status).toBe('ended');
  });

  test('waiting for a late host counts from the announced start', async () => {
    await rig.restart({ openLead: 3 * HOUR });
    await create({ title: 'Late', start: inMs(3 * HOUR) });
    for (let i = 0; i < 4; i++) {
      rig.clock.advance(HOUR);
      await rig.settle();
    }
    expect(card('late').status).toBe('open');
  });

  test('an announced room tells when it opens by itself, until it has', async () => {
    await rig.restart({ openLead: HOUR });
    await create({ title: 'Early', start: inMs(3 * HOUR) });
    const opens = () => rig.rooms.cards().find(({ slug }) => slug === 'early')?.clocks.opens;
    expect(opens()).toBe(NOW + 2 * HOUR);
    for (let i = 0; i < 3; i++) {
      rig.clock.advance(HOUR);
      await rig.settle();
    }
    expect(card('early').status).toBe('open');
    expect(opens()).toBeUndefined();
  });

  test('setting the clock of the machine forward ends no room', async () => {
    await create({ title: 'Stepped' });
    rig.clock.stepWall(5 * HOUR);
    rig.clock.advance(2000);
    await rig.settle();
    expect(card('stepped').status).toBe('open');
  });

  test('the first report of first audio and first speech stands', async () => {
    await create({ title: 'Clocks' });
    rig.rooms.clocks('clocks', { firstAudio: NOW + 100 });
    rig.rooms.clocks('clocks', { firstAudio: NOW + 900, firstSpeech: NOW + 500, opened: 1, ended: 2 });
    rig.rooms.clocks('nowhere', { firstAudio: 1 });
    await vi.waitFor(() =>
      expect(card('clocks').clocks).toEqual({ opened: NOW, firstAudio: NOW + 100, firstSpeech: NOW + 500 }),
    );
  });
});

describe('a restart', () => {
  test('finds every room as it was', async () => {
    const { token } = await create({ title: 'On air', host: 'Ana' });
    await create({ title: 'Later', start: inMs(HOUR) });
    await ask('POST', '/api/rooms/on-air/live', undefined, token);
    rig.rooms.clocks('on-air', { firstAudio: NOW + 5 });
    await vi.waitFor(() => expect(card('on-air').clocks.firstAudio).toBe(NOW + 5));
    const before = rig.rooms.cards();
    await rig.restart();
    expect(rig.rooms.cards()).toEqual(before);
  });

  test('opens what fell due meanwhile', async () => {
    await create({ title: 'Due', start: inMs(HOUR) });
    await rig.restart({}, () => rig.clock.advance(HOUR));
    expect(card('due').status).toBe('open');
  });

  test('with fewer cells moves rooms to one that exists, with the same program', async () => {
    await create({ title: 'One' });
    await create({ title: 'Two' });
    expect(card('two').cell).toBe(1);
    await rig.restart({ cells: 1 });
    expect(card('two')).toMatchObject({ cell: 0, zero: NOW - RUN_UP_MS });
  });
});

describe('many rooms', () => {
  test('empty rooms that are over cannot push out one in which people spoke, and still answer by address', async () => {
    const { token } = await create({ title: 'Spoken' });
    rig.rooms.clocks('spoken', { firstSpeech: NOW + 1 });
    await ask('POST', '/api/rooms/spoken/end', undefined, token);
    for (let i = 0; i < 201; i++) {
      rig.clock.advance(2000);
      const empty = await create({ title: `Empty ${i}` });
      await ask('POST', `/api/rooms/${empty.slug}/end`, undefined, empty.token);
    }
    const slugs = rig.rooms.cards().map((c) => c.slug);
    expect(slugs).toHaveLength(201);
    expect(slugs).toContain('spoken');
    expect(slugs).not.toContain('empty-0');
    expect((await ask('GET', '/api/rooms/empty-0')).status).toBe(200);
    await rig.restart();
    expect(new Set(rig.rooms.cards().map((c) => c.slug))).toEqual(new Set(slugs));
  });

  test('two thousand can be announced, and no more', { timeout: 60_000 }, async () => {
    for (let i = 0; i < 2000; i++) {
      rig.clock.advance(2000);
      await ask('POST', '/api/rooms', { title: `Later ${i}`, start: inMs(300 * 24 * HOUR) });
    }
    rig.clock.advance(2000);
    const answer = await ask('POST', '/api/rooms', { title: 'One more', start: inMs(300 * 24 * HOUR) });
    expect(refusal(answer)).toEqual([503, 'rooms-full']);
    expect(rig.rooms.cards()).toHaveLength(2000);
    const bytes = JSON.stringify(rig.rooms.cards()).length;
    expect(bytes).toBeLessThan(1_000_000);
  });
});

describe('the demo room', () => {
  test('is live at once, made once, and outlives everything', async () => {
    await rig.rooms.ensureWelcome();
    await rig.rooms.ensureWelcome();
    expect(rig.rooms.cards()).toHaveLength(1);
    expect(card('welcome')).toMatchObject({ status: 'live', welcome: true, zero: NOW - RUN_UP_MS, cell: 0 });
    rig.clock.advance(5 * HOUR);
    await ask('GET', '/api/rooms');
    expect(card('welcome').status).toBe('live');
  });

  test('can be switched off and on again and keeps its program', async () => {
    await rig.rooms.ensureWelcome();
    await rig.rooms.ensureWelcome(false);
    expect(card('welcome').status).toBe('ended');
    rig.clock.advance(HOUR);
    await rig.rooms.ensureWelcome();
    expect(card('welcome')).toMatchObject({ status: 'live', zero: NOW - RUN_UP_MS });
    expect(card('welcome').clocks.ended).toBeUndefined();
  });
});
