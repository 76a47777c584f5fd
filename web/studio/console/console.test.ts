import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BackstageLine } from '../../../src/wire/backstage.ts';
import type { CallState } from '../../capture/index.ts';
import { meterPosition, meterTime } from '../controls/meter.tsx';
import type { Contact } from '../feed/contact.ts';
import { claimsOf, linkOf, studioAddress, takeToken } from '../link/link.ts';
import { type TroubleSource, troubleOf } from '../notice/trouble.ts';
import { english } from '../words/english.ts';
import { french } from '../words/french.ts';

const encode = (claims: object) =>
  `e.${btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(claims))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')}.s`;

test('a link says who and where, with letters of any language', () => {
  const token = encode({ role: 'host', sub: 'a1', name: 'Zoë 日本', room: 'night-talk' });
  expect(linkOf('/r/night-talk/studio', token, 0)).toEqual({
    slug: 'night-talk',
    token,
    role: 'host',
    id: 'a1',
    name: 'Zoë 日本',
  });
  expect(linkOf('/r/night-talk/studio', undefined, 0)).not.toHaveProperty('token');
  expect(linkOf('/r/x/studio', 'torn', 0)).not.toHaveProperty('token');
  expect(claimsOf('a.!!.c')).toBeUndefined();
  expect(claimsOf(encode([1]))).toBeUndefined();
  expect(linkOf('/r/x/studio', encode({ role: 'root' }), 0).role).toBe('speaker');
  expect(linkOf('/r/x/studio', encode({ room: 'y' }), 0).flaw).toBe('token-other-room');
  const old = encode({ room: 'x', exp: 10_000 });
  expect(linkOf('/r/x/studio', old, 90_000_000).flaw).toBeUndefined();
  expect(linkOf('/r/x/studio', old, 100_000_000).flaw).toBe('token-expired');
});

describe('the token', () => {
  const store = new Map<string, string>();
  let cleaned: number;
  const take = (pathname: string, hash = '') => takeToken({ pathname, hash }, () => (cleaned += 1));
  beforeEach(() => {
    store.clear();
    cleaned = 0;
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => void store.set(key, value),
    });
  });
  afterEach(() => void vi.unstubAllGlobals());

  test('leaves the address, and a reload still has it: for this room, in this window', () => {
    expect(take('/r/a/studio', '#token=T')).toBe('T');
    expect(cleaned).toBe(1);
    expect(take('/r/a/studio')).toBe('T');
    expect(take('/r/b/studio')).toBeUndefined();
    expect(take('/r/a/studio', '#token=U')).toBe('U');
    expect(take('/r/a/studio')).toBe('U');
    expect(studioAddress('https://h', 'a', 'U')).toBe('https://h/r/a/studio#token=U');
  });

  test('stays in the address of a browser that keeps nothing: a reload would lose it', () => {
    vi.stubGlobal('sessionStorage', undefined);
    expect(take('/r/a/studio', '#token=T')).toBe('T');
    expect(cleaned).toBe(0);
    expect(take('/r/a/studio')).toBeUndefined();
  });
});

type Program = Extract<BackstageLine, { kind: 'program' }>;
const source = (it: {
  contact?: Contact;
  publishing?: CallState;
  silent?: boolean;
  program?: Partial<Program>;
  online?: boolean;
  onStage?: boolean;
  problem?: 'unplugged' | 'denied';
  listening?: boolean;
}): TroubleSource => ({
  room: {
    contact: signal<Contact>(it.contact ?? 'here'),
    status: signal(it.program?.status ?? 'live'),
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
    listening: signal(it.listening ?? false),
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

test('a missing microphone is an alarm on stage, and a reason for who only listens', () => {
  const denied = english.micProblem.denied;
  expect(troubleOf(source({ problem: 'denied' }))).toMatchObject({ level: 'bad', text: denied });
  expect(troubleOf(source({ problem: 'denied', listening: true }))).toMatchObject({
    level: 'attention',
    text: denied,
  });
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
  for (const contact of ['unreachable', 'restarting', 'late'] as const)
    expect(troubleOf(source({ ...all, contact }))?.text).toBe(english.contactLost[contact]);
  expect(troubleOf(source({ ...all, publishing: { at: 'lost', tries: 0 } }))?.text).toBe(english.lost);
  expect(troubleOf(source(all))?.aloud).toBe(true);
  expect(troubleOf(source({ problem: 'unplugged', program: { recordingFailed: true } }))?.text).toBe(
    english.micProblem.unplugged,
  );
  expect(troubleOf(source({ program: { recordingFailed: true, gaps: 2 } }))?.text).toBe(english.recording);
  expect(troubleOf(source({ program: { gaps: 2 } }))).toBeUndefined();
  expect(troubleOf(source({}))).toBeUndefined();
});

test('what was true before the line broke is not told as if it still were', () => {
  const muted = { ...silentAir('all-muted'), recordingFailed: true };
  expect(troubleOf(source({ contact: 'checking', program: muted }))).toBeUndefined();
  expect(troubleOf(source({ contact: 'unreachable', program: muted }))?.text).not.toMatch(
    /hears? (nothing|hold)/,
  );
});

test('both catalogues say something at every place, and not the same thing', () => {
  const texts = (words: object): string[] =>
    Object.values(words).flatMap((it): string[] =>
      typeof it === 'string' ? [it] : typeof it === 'function' ? [String(it(3, 'x', 3, 3, true))] : texts(it),
    );
  expect(texts(french).length).toBe(texts(english).length);
  expect(texts(french).every((text) => text.trim() !== '' && !text.includes('undefined'))).toBe(true);
  const same = texts(french).filter((text, i) => text === texts(english)[i]);
  const both = ['Microphone', 'Studio', 'Sound', '3 s', 'Pause'];
  expect(same.filter((text) => !both.includes(text))).toEqual([]);
});

test('meters run from −54 dBFS to full scale', () => {
  expect([-127, -54, -27, 0, 3].map(meterPosition)).toEqual([0, 0, 0.5, 1, 1]);
});

test('a meter rises at once and falls slowly: a pause between two words does not empty it', () => {
  const [silent, loud] = [1 - meterPosition(-127), 1 - meterPosition(-10)];
  expect(meterTime(silent, loud)).toBe(0);
  expect(meterTime(loud, silent)).toBeGreaterThan(600);
  expect(meterTime(loud, loud + 0.05)).toBeLessThan(60);
});
