/** How a room reaches people who are not there: reminders, and what other programs read about it. */
import { failed, failureOf, refuse } from '../api/index.ts';
import type { AroundRoomDeps, Station } from './deps.ts';
import { openFeedStation } from './feeds/feeds.ts';
import { type Forecaster, openForecaster } from './forecast/forecaster.ts';
import { failedAnswer } from './page-answer.ts';
import { openReminders, type Reminders } from './reminder/reminders.ts';

export type { AroundRoomDeps, ForecastCounting, SyndicationPage } from './deps.ts';
export type { Forecaster } from './forecast/forecaster.ts';
export { reminderPaths } from './reminder/reminder-api.ts';

/** The part, once open. */
export interface Syndication extends AsyncDisposable {
  /** True for a path that `fetch` answers. */
  takes(path: string): boolean;
  fetch(request: Request): Promise<Response>;
  /** A room has changed, or is gone. */
  roomChanged(slug: string): void;
  /** People who are reminded of a room. */
  reminded(slug: string): number;
  /** What became of reminders since the start, by name. */
  outcomes(): ReadonlyMap<string, number>;
  /** Everything that is kept about an account. */
  exported(account: string): Promise<object>;
  /** Forgets an account that is erased. */
  forget(account: string): Promise<void>;
  /** How many will come; absent where nobody counts. */
  readonly forecaster?: Forecaster;
}

/** Opens the stations on the store. */
export async function open(deps: AroundRoomDeps): Promise<Syndication> {
  const { counting } = deps;
  const forecaster = counting && openForecaster({ ...deps, ...counting });
  const reminders = await openReminders(deps, forecaster);
  const stations: readonly Station[] = [
    reminders,
    ...(deps.feeds ? [openFeedStation(deps, deps.feeds)] : []),
  ];
  return {
    takes: (path) => stations.some((one) => one.takes(path)),
    async fetch(request) {
      const path = new URL(request.url).pathname;
      const station = stations.find((one) => one.takes(path));
      if (!station) return refuse('not-found');
      try {
        return await station.fetch(request);
      } catch (error) {
        const why = failureOf(deps, request, error, 'a request about a room could not be answered');
        return path.startsWith('/api/') ? failed(why) : failedAnswer(deps, request, why);
      }
    },
    roomChanged(slug) {
      for (const one of stations) one.roomChanged?.(slug);
    },
    reminded: (slug) => ('count' in reminders ? reminders.count(slug) : 0),
    outcomes: () => ('outcomes' in reminders ? reminders.outcomes : new Map()),
    exported: async (account) =>
      Object.assign(
        (await forecaster?.exported(account)) ?? {},
        ...(await Promise.all(stations.map((one) => one.exported?.(account)))),
      ),
    async forget(account) {
      for (const one of stations) await one.forget?.(account);
    },
    ...(forecaster ? { forecaster: withReminders(forecaster, reminders) } : {}),
    async [Symbol.asyncDispose]() {
      await forecaster?.[Symbol.asyncDispose]();
      for (const one of stations) await one.close?.();
    },
  };
}

/** What is told of a room says when people are reminded of it as well. */
const withReminders = (forecaster: Forecaster, reminders: Reminders | Station): Forecaster => ({
  ...forecaster,
  async told(card, all) {
    const [told, window] = [
      await forecaster.told(card, all),
      'window' in reminders ? reminders.window(card) : undefined,
    ];
    if (!told?.now || !window || !('count' in reminders)) return told;
    return { ...told, reminding: { people: reminders.count(card.slug), ...window } };
  },
});
