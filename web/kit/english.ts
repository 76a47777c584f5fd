import type { Moment } from '../../src/wire/moment.ts';
import type { ProgramState, RecordingGap } from '../../src/wire/room.ts';

type DeadAirCause = NonNullable<ProgramState['deadAir']>['cause'];

/** A count; from rung 1 on it comes rounded, and says so. */
const n = (value: number, rung = 0): string =>
  (rung && value > 99 ? 'about ' : '') + value.toLocaleString('en');

/** How long, in words: `20 s`, `12 minutes`, `3 hours`. */
const span = (seconds: number): string => {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60)
    return Math.round(seconds / 60) === 1 ? 'a minute' : `${Math.round(seconds / 60)} minutes`;
  if (seconds < 36 * 3600)
    return Math.round(seconds / 3600) === 1 ? 'an hour' : `${Math.round(seconds / 3600)} hours`;
  return Math.round(seconds / 86_400) === 1 ? 'a day' : `${Math.round(seconds / 86_400)} days`;
};

/** What the listeners' pages say, in English. French has the same keys; the compiler compares. */
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
  } as Record<Moment, string>,
  with: (hosts: string) => `with ${hosts}`,
  listFormat: (names: readonly string[]) => new Intl.ListFormat('en').format(names),

  // What is happening.
  starts: (day: string, time: string) => `Starts ${day} at ${time} your time.`,
  startsSoon: (wait: string) => `Starts in ${wait}.`,
  unscheduled: 'Not open yet. The host decides when.',
  lateAway: (wait: string) =>
    `${wait} late: the hosts are not here yet. This page changes by itself when they are.`,
  doorsOpen: 'The doors are open. The hosts are not on stage yet.',
  hostsHere: 'The hosts are here and begin soon. Music until then: you will hear it start.',
  lateNobody: (wait: string) => `${wait} late: the hosts are not on stage yet.`,
  lateMuted: (wait: string) => `${wait} late: the hosts are here, their microphones are off.`,
  lateHere: (wait: string) => `${wait} late: the hosts are here and have not begun yet.`,
  holdMusic: 'Music until it begins. You will hear it start.',
  backMusic: 'A short break. Music until it goes on.',
  live: 'Live, about a second behind.',
  liveSeconds: (seconds: string) => `Live, ${seconds} seconds behind.`,
  liveNow: 'Live now.',
  behind: (seconds: string, streams: string) =>
    `${seconds} seconds behind: ${streams} connections are listening. Nothing is cut.`,
  busy: (seconds: string, streams: string) =>
    `Busy: ${streams} connections are listening, so it reaches you ${seconds} seconds late. Nothing is cut.`,
  lowBandwidth: 'Lower sound quality for everyone for now, so that everyone can listen.',
  lowAndLine:
    'Lower sound quality for everyone for now, and who comes now hears it half a minute later: so that everyone can listen.',
  ringCap: (seconds: string) =>
    `A smaller number listens live. You hear it ${seconds} seconds later, all of it, and move up when there is room.`,
  ringFull: (seconds: string, streams: string) =>
    `${seconds} seconds behind: ${streams} connections are listening. You hear all of it, and move up when there is room.`,
  eitherWay: (seconds: string) =>
    `Live, or up to ${seconds} seconds later: this browser does not say which. Nothing is cut.`,
  liveLater: (seconds: string) =>
    `Live now. The places at the live edge are taken: you will hear it ${seconds} seconds later, and move up when there is room.`,
  textOnly:
    'More people are here than our lines carry. Sound may come half a minute late, or not at all: read along here.',
  deadAir: {
    'nobody-on-stage': (s: string) => `Silence on stage for ${s}: nobody is on it at the moment.`,
    'all-muted': (s: string) => `Silence on stage for ${s}: everyone is muted. We have told them.`,
    'no-packets': (s: string) =>
      `Silence on stage for ${s}: nothing arrives from the speakers. We are waiting for their connections.`,
    encoder: (s: string) => `Silence for ${s}: our encoder stopped. It is being restarted.`,
    quiet: (s: string) => `Silence on stage for ${s}: the microphones are on, nobody is talking.`,
  } as Record<DeadAirCause, (span: string) => string>,
  studioAway: 'The studio is restarting. Music until it is back; the speakers return by themselves.',
  connecting: 'Joining the live edge.',
  reconnecting: 'Your connection dropped. Back in a moment, where you left off.',
  blocked: 'Your browser wants one tap before it plays sound. Press Listen.',
  ended: (time: string) => `Ended at ${time}. Listen again from the beginning.`,
  endedPlain: 'Ended. Listen again from the beginning.',
  cancelled: 'The hosts called this off.',
  gap: (gap: RecordingGap, time: string) =>
    `${span(gap.seconds)} of the recording are missing at ${time}: ${
      {
        'disk-full': 'our disk was full',
        'disk-error': 'our disk failed',
        'studio-restart': 'our studio restarted',
        'studio-busy': 'our studio had too much to do',
      }[gap.reason]
    }.`,
  stateAway: 'News of the room has not arrived for a while. The sound does not depend on it.',

  // Actions.
  listen: 'Listen',
  listenMusic: 'Listen to the music',
  pause: 'Pause',
  remind: 'Remind me',
  remindHint: 'Saves a calendar entry.',
  tellMe: 'Tell me on this page',
  telling: 'You will be told here, if this page stays open.',
  startedNow: (title: string) => `“${title}” has opened its doors.`,
  playReplay: 'Play replay',
  pauseReplay: 'Pause replay',
  rewind: 'Back 15 s',
  forward: 'Forward 15 s',
  backToLive: 'Back to live',
  fromStart: 'From the beginning',
  behindLive: (clock: string) => `${clock} behind`,
  seek: 'Place in the recording',
  speed: 'Speed',
  mute: 'Mute',
  unmute: 'Unmute',
  volume: 'Volume',
  share: 'Share',
  copied: 'Link copied',
  download: 'Download the recording',
  replayWaits: 'The recording is being fetched.',
  replayMissing: 'There is no recording to play yet.',

  // The theatre.
  stage: 'On stage',
  speaking: 'speaking',
  muted: 'muted',
  gone: 'connection gone, place kept',
  emptyStage: 'No one is speaking yet',
  emptyOver: 'The stage is empty',
  timeOn: (time: string, day: string) => `${time} on ${day}`,
  roles: { host: 'host', 'co-host': 'co-host', speaker: 'speaker' },
  scale: (people: string) => `One dot is ${people} connections`,
  scaleOne: 'One dot is one connection',
  you: 'you',
  streams: (count: number, rung?: number) =>
    count === 1 ? '1 connection listening now' : `${n(count, rung)} connections listening now`,
  streamsHint: 'Counted at our doors, rounded when busy. Connections, not people.',
  theatre: (streams: number, names: string, rung?: number) =>
    `The theatre: ${streams === 1 ? 'one connection is' : `${n(streams, rung)} connections are`} listening. ${
      names ? `Speaking: ${names}.` : 'No one is speaking.'
    }`,

  // The clocks.
  clocks: 'Four clocks',
  clockScheduled: 'Scheduled',
  clockOpened: 'Doors opened',
  clockFirstAudio: 'First sound',
  clockFirstSpeech: 'First words',
  notYet: 'not yet',
  none: 'no time set',

  // Home.
  homeTitle: 'Rooms that everyone can hear',
  homeLead:
    'A few people talk, everyone who comes hears them. More people means a little more delay, never an error and never silence.',
  onNow: 'On now',
  coming: 'Coming',
  earlier: 'Listen again',
  empty: 'No one is speaking yet.',
  emptyWelcome: 'Only the welcome talk is on.',
  emptyMore:
    'Start a room and send its link: whoever opens it hears you about a second later. Nothing to install, no account.',
  welcomeRoom: 'Hear the welcome talk',
  startRoom: 'Start a room',
  roomTitle: 'What is it about?',
  roomTitleExample: 'Thursday evening, open questions',
  yourName: 'Your name',
  when: 'When',
  optional: '(optional)',
  whenHint: 'Leave empty to open the doors now.',
  openStudio: 'Open the studio',
  schedule: 'Put it on the programme',
  starting: 'Preparing your room',
  scheduled: 'Your room is on the programme. Keep your host link: it is the key to the stage.',
  hostLink: 'Your host link',
  roomLink: 'The link for everyone',
  copy: 'Copy',
  siteAway: 'The site is restarting. What is on air goes on; try again in a few seconds.',
  titleMissing: 'Give the room a title, so that people know what they hear.',

  // Frame.
  skip: 'Skip to the room',
  skipHome: 'Skip to the rooms',
  theme: 'Light or dark',
  otherLanguage: 'Français',
  keys: 'Keys',
  keysOn: 'Keyboard shortcuts',
  keyPlay: 'listen or pause',
  keyMute: 'mute',
  keyLive: 'back to live',
  keySeek: '15 seconds back or forward',
  keyVolume: 'volume',
  footer: 'Earshot: open source, on this server. No trackers.',
};
