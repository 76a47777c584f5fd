import type { Moment } from '../../src/wire/moment.ts';
import type { ProgramState } from '../../src/wire/room.ts';
import { isolated } from './isolated.ts';

type DeadAirCause = NonNullable<ProgramState['deadAir']>['cause'];

/** A count; from rung 1 on it is rounded, and the text says so. */
const n = (value: number, rung = 0): string =>
  (rung && value > 99 ? 'about ' : '') + value.toLocaleString('en');

/** A duration in words: `20 s`, `12 minutes`, `3 hours`. */
const span = (seconds: number): string => {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60)
    return Math.round(seconds / 60) === 1 ? 'a minute' : `${Math.round(seconds / 60)} minutes`;
  if (seconds < 36 * 3600)
    return Math.round(seconds / 3600) === 1 ? 'an hour' : `${Math.round(seconds / 3600)} hours`;
  return Math.round(seconds / 86_400) === 1 ? 'a day' : `${Math.round(seconds / 86_400)} days`;
};

/** The texts of the listeners' pages in English. The compiler checks that French has the same keys. */
export const english = {
  locale: 'en',
  span,
  count: n,
  status: {
    scheduled: 'Scheduled',
    open: 'Doors open',
    break: 'Break',
    live: 'Live',
    ended: 'Ended',
    cancelled: 'Cancelled',
    stopped: 'Stopped by the operator',
  } as Record<Moment, string>,
  with: (hosts: string) => `with ${hosts}`,
  listFormat: (names: readonly string[]) => new Intl.ListFormat('en').format(isolated(names)),
  starts: (day: string, time: string) => `Starts ${day} at ${time} your time.`,
  startsSoon: (wait: string) => `Starts in ${wait}.`,
  unscheduled: 'Not open yet. The host decides when.',
  lateAway: (wait: string) =>
    `${wait} late: the hosts are not here yet. This page updates by itself when they arrive.`,
  doorsOpen: 'The doors are open. The hosts are not on stage yet.',
  hostsHere: 'The hosts are here and will begin soon. Music until then: you will hear it start.',
  lateNobody: (wait: string) => `${wait} late: the hosts are not on stage yet.`,
  lateMuted: (wait: string) => `${wait} late: the hosts are here, but their microphones are off.`,
  lateHere: (wait: string) => `${wait} late: the hosts are here but have not begun yet.`,
  holdMusic: 'Music until it begins. You will hear it start.',
  backMusic: 'A short break. Music until it resumes.',
  live: 'Live, about a second behind.',
  liveSeconds: (seconds: string) => `Live, ${seconds} seconds behind.`,
  liveNow: 'Live now.',
  behind: (seconds: string, streams: string) =>
    `${seconds} seconds behind: ${streams} connections are listening. Nothing is cut.`,
  busy: (seconds: string, streams: string) =>
    `Busy: ${streams} connections are listening, so it reaches you ${seconds} seconds late. Nothing is cut.`,
  lowBandwidth: 'Lower sound quality for everyone for now, so that everyone can listen.',
  lowAndLine:
    'Lower sound quality for everyone for now, and anyone who joins now hears it half a minute late, so that everyone can listen.',
  ringCap: (seconds: string) =>
    `The number of live places is limited. You hear all of it ${seconds} seconds later, and move up when there is room.`,
  ringFull: (seconds: string, streams: string) =>
    `${seconds} seconds behind: ${streams} connections are listening. You hear all of it, and move up when there is room.`,
  eitherWay: (seconds: string) =>
    `Live, or up to ${seconds} seconds later: this browser does not say which. Nothing is cut.`,
  liveLater: (seconds: string) =>
    `Live now. All places at the live edge are taken: you will hear it ${seconds} seconds later, and move up when there is room.`,
  textOnly:
    'More people are here than our connection can carry. Sound may come half a minute late, or not at all: read along here.',
  deadAir: {
    'nobody-on-stage': (s: string) => `Silence on stage for ${s}: nobody is there at the moment.`,
    'all-muted': (s: string) => `Silence on stage for ${s}: everyone is muted. We have told them.`,
    'no-packets': (s: string) =>
      `Silence on stage for ${s}: nothing is arriving from the speakers. We are waiting for their connections.`,
    encoder: (s: string) => `Silence for ${s}: our encoder stopped. It is being restarted.`,
    quiet: (s: string) => `Silence on stage for ${s}: the microphones are on, nobody is talking.`,
  } as Record<DeadAirCause, (span: string) => string>,
  studioAway:
    'No news from the studio for a moment. Music until it is back; the speakers rejoin by themselves.',
  connecting: 'Joining the live edge.',
  reconnecting: 'Your connection dropped. Back in a moment, where you left off.',
  blocked: 'Your browser wants one tap before it plays sound. Press Listen.',
  ended: (time: string) => `Ended at ${time}.`,
  endedPlain: 'Ended.',
  again: 'Listen again from the beginning.',
  recordingRemoved: 'The recording was removed.',
  musicMeanwhile: 'You hear music meanwhile.',
  welcomeTalk: 'A short talk, then music. It begins when somebody listens.',
  cancelled: 'The hosts called this off.',
  apart: 'Kept apart after failures: the speakers hear each other, you hear music.',
  stateAway: 'There has been no news of the room for a while. The sound does not depend on it.',
  listen: 'Listen',
  listenMusic: 'Listen to the music',
  pause: 'Pause',
  goOn: 'Continue from there',
  listenFrom: (clock: string) => `Listen from ${clock}`,
  pausedAt: (time: string) => `Paused at ${time}.`,
  pauses: (seconds: string) => `${seconds} seconds behind, because your connection keeps pausing.`,
  steady: (seconds: string) => `${seconds} seconds behind, as you chose: steadier.`,
  playReplay: 'Play replay',
  behindLive: (clock: string) => `${clock} behind`,
  mute: 'Mute',
  unmute: 'Unmute',
  volume: 'Volume',
  replayMissing: 'There is no recording to play yet.',
  replayNone: 'There is no recording to play.',
  timeOn: (time: string, day: string) => `${time} on ${day}`,
  welcomeTitle: 'Welcome to Earshot',
  skip: 'Skip to the room',
  skipHome: 'Skip to the rooms',
  theme: 'Light or dark',
  otherLanguage: 'Français',
  footer: 'Earshot: open source, on this server. No trackers.',
  privacy: 'What is kept about you',
};
