import type { ForecastMoment, ForecastSignals } from '../../../wire/figures/forecast.ts';

/** More people than there are is a mistake in the count, not a crowd. */
export const MOST_PEOPLE = 8_000_000_000;

/**
 * How many of each are expected to come while nothing is known of a host. They only say how the kinds compare: what
 * their sum is worth is learned. Public figures for people who sign up for free events and webinars lie between 30 % and
 * 60 %; those for followers are our guess.
 */
const WORTH: Readonly<Record<string, number>> = { push: 0.4, mail: 0.3, calendar: 0.2 };
const ANY_REMINDER = 0.3;
const FOLLOWER = 0.05;
const INVITED = 0.5;

const count = (value: unknown): number =>
  typeof value === 'number' && value > 0 ? Math.min(value, MOST_PEOPLE) : 0;

/** Signals as whole counts; what is negative or no number is 0. */
export function cleanSignals({ reminders, followers, invited }: ForecastSignals): ForecastSignals {
  const whole = (value: unknown): number => Math.floor(count(value));
  return {
    reminders: Object.fromEntries(Object.entries(reminders).map(([kind, many]) => [kind, whole(many)])),
    ...{ followers: whole(followers), invited: whole(invited) },
  };
}

/** Everything that announces listeners, in one number of people; at least 1. */
export function signalOf({ reminders, followers, invited }: ForecastSignals): number {
  const reminded = Object.entries(reminders).reduce(
    (sum, [kind, many]) => sum + count(many) * (WORTH[kind] ?? ANY_REMINDER),
    0,
  );
  return 1 + reminded + count(followers) * FOLLOWER + count(invited) * INVITED;
}

const MINUTE = 60_000;

/**
 * The moment that a forecast belongs to, by the time left until the announced start: rooms are compared with what was
 * known of earlier rooms at the same moment. Without an announced start a room is about to begin.
 */
export function momentAt(now: number, start: number | undefined): ForecastMoment {
  const left = start === undefined ? 0 : start - now;
  if (left > 36 * 60 * MINUTE) return 'announced';
  if (left > 3 * 60 * MINUTE) return 'day';
  return left > 10 * MINUTE ? 'hour' : 'start';
}
