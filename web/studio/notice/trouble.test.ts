import { signal } from '@preact/signals';
import { expect, test } from 'vitest';
import type { BackstageLine } from '../../../src/wire/stage/backstage.ts';
import type { CallState } from '../../capture/index.ts';
import type { Contact } from '../feed/contact.ts';
import { english } from '../words/english.ts';
import { type TroubleSource, troubleOf } from './trouble.ts';

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

test('a missing microphone is an alarm on stage, and an explanation for somebody who only listens', () => {
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

test('the worst fault is shown first', () => {
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

test('what was true before the connection broke is not shown as if it still were', () => {
  const muted = { ...silentAir('all-muted'), recordingFailed: true };
  expect(troubleOf(source({ contact: 'checking', program: muted }))).toBeUndefined();
  expect(troubleOf(source({ contact: 'unreachable', program: muted }))?.text).not.toMatch(
    /hears? (nothing|hold)/,
  );
});
