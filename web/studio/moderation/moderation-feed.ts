import type { AbuseReason, DecisionAct } from '../../../src/wire/moderation/moderation.ts';

/** What a host can do about a report. */
export type HostChoice = DecisionAct | 'dismiss';

/** A report as hosts read it. */
export interface AbuseToHosts {
  readonly id: string;
  readonly name: string;
  readonly reason: AbuseReason;
  readonly words: string;
  readonly created: string;
  readonly hear?: string;
  readonly choices: readonly HostChoice[];
}

/** A decision that is in force. */
export interface DecisionToHosts {
  readonly id: string;
  readonly act: DecisionAct;
  readonly name: string;
  readonly reason: string;
  readonly byRole: 'operator' | 'host' | 'co-host';
  readonly until?: string;
  /** Where the person concerned reads it. */
  readonly notice: string;
}

/** A line of the room's log. */
export interface LogLineToHosts {
  readonly id: string;
  readonly at: string;
  readonly role: 'operator' | 'host' | 'co-host' | 'server';
  readonly by?: string;
  readonly act: string;
  readonly name: string;
  readonly reason: string;
}

/** The moderation of one room, as its hosts ask for it; undefined: no answer, or a refusal. */
export interface ModerationFeed {
  reports(): Promise<readonly AbuseToHosts[] | undefined>;
  decisions(): Promise<readonly DecisionToHosts[] | undefined>;
  log(cursor?: string): Promise<{ readonly lines: LogLineToHosts[]; readonly next?: string } | undefined>;
  /** Does something; the refusal in words, empty where the server does not answer. */
  act(path: string, body: object): Promise<{ readonly notice?: string } | string>;
}

/** Opens it; `token` gives the link's token as it is now. */
export function openModerationFeed(slug: string, token: () => string): ModerationFeed {
  const ask = (path: string, body?: object): Promise<Response | undefined> =>
    fetch(`/api/rooms/${slug}/${path}`, {
      headers: {
        authorization: `Bearer ${token()}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
  const read = async <T>(path: string): Promise<T | undefined> => {
    const answer = await ask(path);
    return answer?.ok ? ((await answer.json().catch(() => undefined)) as T | undefined) : undefined;
  };
  return {
    reports: async () => (await read<{ reports: AbuseToHosts[] }>('reports'))?.reports,
    decisions: async () => (await read<{ decisions: DecisionToHosts[] }>('decisions'))?.decisions,
    log: (cursor) => read(cursor === undefined ? 'audit' : `audit?cursor=${encodeURIComponent(cursor)}`),
    async act(path, body) {
      const answer = await ask(path, body);
      const told = (await answer?.json().catch(() => ({}))) as { detail?: string; notice?: string };
      return answer?.ok ? (told ?? {}) : (told?.detail ?? '');
    },
  };
}
