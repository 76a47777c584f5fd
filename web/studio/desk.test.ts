import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { BackstageLine } from '../../src/wire/backstage.ts';
import type { CallState } from '../capture/index.ts';
import type { FeedState } from './backstage.ts';
import { english } from './english.ts';
import { french } from './french.ts';
import { claimsOf, linkOf } from './link.ts';
import { meterPosition } from './meter.tsx';
import { type TroubleSource, troubleOf } from './trouble.ts';

const encode = (claims: object) =>
  `e.${btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(claims))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}.s`;

test('a link says who and where, with letters of any language', () => {
  const token = encode({ role: 'host', sub: 'a1', name: 'Zoë 日本', room: 'r' });
  expect(linkOf({ pathname: '/r/night-talk/studio', hash: `#token=${token}` })).toEqual({
    slug: 'night-talk',
    token,
    role: 'host',
    id: 'a1',
    name: 'Zoë 日本',
  });
  expect(linkOf({ pathname: '/r/night-talk/studio', hash: '' })).not.toHaveProperty('token');
  expect(linkOf({ pathname: '/r/x/studio', hash: '#token=torn' })).not.toHaveProperty('token');
  expect(claimsOf('a.!!.c')).toBeUndefined();
  expect(claimsOf(encode([1]))).toBeUndefined();
  expect(linkOf({ pathname: '/r/x/studio', hash: `#token=${encode({ role: 'root' })}` }).role).toBe(
    'speaker',
  );
});

type Program = Extract<BackstageLine, { kind: 'program' }>;
const source = (it: {
  feed?: FeedState;
  publishing?: CallState;
  silent?: boolean;
  program?: Partial<Program>;
  online?: boolean;
  onStage?: boolean;
  problem?: 'unplugged';
}): TroubleSource => ({
  room: {
    state: signal<FeedState>(it.feed ?? { at: 'here' }),
    program: signal<Program | undefined>({
      kind: 'program',
      status: 'live',
      program: { carries: 'stage', since: 0 },
      streams: 12,
      gaps: 0,
      recordingFailed: false,
      ...it.program,
    }),
  },
  voice: {
    publishing: signal<CallState>(it.publishing ?? { at: 'on' }),
    silent: signal(it.silent ?? false),
    problem: signal(it.problem),
  },
  words: english,
  onStage: it.onStage ?? true,
  online: it.online ?? true,
});
const silentAir = (cause: 'all-muted' | 'no-packets') => ({
  program: { carries: 'stage' as const, since: 0, deadAir: { cause, since: 1 } },
});

test('a muted host hears who misses what, aloud', () => {
  expect(troubleOf(source({ silent: true, program: silentAir('all-muted') }))).toEqual({
    level: 'bad',
    text: 'You are muted. 12 connections hear nothing.',
    aloud: true,
    cause: 'all-muted',
  });
  expect(troubleOf(source({ program: { ...silentAir('no-packets'), streams: 1 } }))?.text).toBe(
    'No sound reaches us from the stage: a connection is gone. 1 connection hears nothing.',
  );
  const covered = { program: { ...silentAir('all-muted').program, carries: 'standby' as const } };
  expect(troubleOf(source({ silent: true, program: covered }))?.text).toBe(
    'You are muted. 12 connections hear hold music.',
  );
});

test('silence before going live is no trouble', () => {
  expect(troubleOf(source({ program: { ...silentAir('all-muted'), status: 'open' } }))).toBeUndefined();
});

test('the worst trouble is told first', () => {
  const all = {
    program: { ...silentAir('all-muted'), recordingFailed: true, gaps: 2 },
    problem: 'unplugged' as const,
  };
  expect(troubleOf(source({ ...all, online: false }))?.text).toBe(english.offline);
  expect(troubleOf(source({ ...all, feed: { at: 'away', tries: 1 } }))?.text).toBe(english.away);
  expect(troubleOf(source({ ...all, publishing: { at: 'lost', tries: 0 } }))?.text).toBe(english.lost);
  expect(troubleOf(source(all))?.aloud).toBe(true);
  expect(troubleOf(source({ problem: 'unplugged', program: { recordingFailed: true } }))?.text).toBe(
    english.micProblem.unplugged,
  );
  expect(troubleOf(source({ program: { recordingFailed: true, gaps: 2 } }))?.text).toBe(english.recording);
  expect(troubleOf(source({ program: { gaps: 2 } }))).toBeUndefined();
  expect(troubleOf(source({}))).toBeUndefined();
});

test('both catalogues say something at every place, and not the same thing', () => {
  const texts = (words: object): string[] =>
    Object.values(words).flatMap((it): string[] =>
      typeof it === 'string' ? [it] : typeof it === 'function' ? [String(it(3, 'x', 3, 3, true))] : texts(it),
    );
  expect(texts(french).length).toBe(texts(english).length);
  expect(texts(french).every((text) => text.trim() !== '' && !text.includes('undefined'))).toBe(true);
  const same = texts(french).filter((text, i) => text === texts(english)[i]);
  expect(same.sort()).toEqual(['Microphone', 'Studio', 'Sound'].filter((text) => same.includes(text)).sort());
});

test('meters run from −54 dBFS to full scale', () => {
  expect([-127, -54, -27, 0, 3].map(meterPosition)).toEqual([0, 0, 0.5, 1, 1]);
});
