import { COMPLETE_SHARE, findingOf } from './finding.ts';
import type {
  Incident,
  IncidentAudience,
  IncidentNote,
  IncidentPostmortem,
  IncidentSign,
} from './incident.ts';
import type { IncidentMinute } from './minutes/incident-minute.ts';
import type { RequestFinding } from './request-finding.ts';

/** So long after the end of the last sign an incident is over; a sign within it belongs to it. */
export const QUIET_MS = 45_000;
/**
 * What comes again so soon after it was over has not ended: each time twice as long must be quiet, up to this. What
 * fails every other minute is a few incidents and then one, instead of hundreds.
 */
const MOST_QUIET_MS = 15 * 60_000;
/** Incidents that are held; older ones are only in the journal. */
const MOST_INCIDENTS = 500;
/** Signs of one incident; later ones are not listed, only how many they were. */
const MOST_SIGNS = 500;
const MOST_NOTES = 100;
/** Of these, of the hosts of one room: whoever has a link of one cannot take the place of the others. */
const MOST_ROOM_NOTES = 20;
/** Of all hosts: what is left is the operator's. */
const MOST_HOST_NOTES = 80;
const MOST_POSTMORTEMS = 30;
/** Twelve hours: later minutes of an incident are not kept. */
const MOST_MINUTES = 720;
/** Signs that a person has begun, and ends. */
const PERSON = 'person ';
const UNLISTED = 'unlisted ';

/** What is written down of incidents, one a line. */
export type IncidentLine =
  | { readonly what: 'sign'; readonly id: string; readonly key: string; readonly sign: IncidentSign }
  | { readonly what: 'sign-over'; readonly id: string; readonly key: string; readonly to: number }
  /** A sign that is only counted. */
  | { readonly what: 'more'; readonly id: string; readonly key: string; readonly from: number }
  | { readonly what: 'requests'; readonly id: string; readonly requests: RequestFinding }
  | { readonly what: 'note'; readonly id: string; readonly note: IncidentNote }
  | { readonly what: 'minutes'; readonly id: string; readonly minutes: readonly IncidentMinute[] }
  | { readonly what: 'postmortem'; readonly id: string; readonly version: IncidentPostmortem }
  | {
      readonly what: 'over';
      readonly id: string;
      readonly to: number;
      readonly complete: boolean;
      readonly audience?: IncidentAudience;
    };

interface Kept {
  readonly id: string;
  readonly signs: Map<string, IncidentSign>;
  /** Signs by the key of their source; a key may come again. */
  readonly open: Map<string, string>;
  /** Signs that are only counted, and when the last of them ended. */
  unlisted: number;
  unlistedTo: number;
  /** So long must be quiet before it is over, ms. */
  quiet: number;
  readonly minutes: IncidentMinute[];
  readonly notes: IncidentNote[];
  readonly postmortems: IncidentPostmortem[];
  to?: number;
  complete: boolean;
  audience?: IncidentAudience;
  requests?: RequestFinding;
}

/** All incidents, newest last: signs that are close together are one. */
export class IncidentBook {
  readonly #kept = new Map<string, Kept>();
  #current: Kept | undefined;

  /** Takes a line that was written down before. */
  restore(line: IncidentLine): void {
    if (line.what === 'sign') this.#sign(this.#of(line.id), line.key, line.sign);
    else if (line.what === 'sign-over') this.#over(this.#of(line.id), line.key, line.to);
    else if (line.what === 'more') this.#more(this.#of(line.id), line.key, line.from);
    else if (line.what === 'requests') this.#of(line.id).requests = line.requests;
    else if (line.what === 'note') this.#of(line.id).notes.push(line.note);
    else if (line.what === 'minutes') this.#of(line.id).minutes.push(...line.minutes);
    else if (line.what === 'postmortem') this.#of(line.id).postmortems.push(line.version);
    else this.#close(this.#of(line.id), line);
  }

  /** After all lines: what still lasted when this process ended lasts until it is seen no more. */
  restored(): void {
    // Their beginning is in a part of the journal that is gone: nothing can be told of them.
    for (const [id, { signs }] of this.#kept) if (signs.size === 0) this.#kept.delete(id);
    const [last] = [...this.#kept.values()].slice(-1);
    for (const kept of this.#kept.values()) if (kept.to === undefined) kept.complete = false;
    this.#current = last && last.to === undefined ? last : undefined;
  }

  /** A sign begins. Returns the line to write down; undefined when it is known already. */
  began(key: string, sign: IncidentSign): IncidentLine | undefined {
    this.#current ??= this.#of(this.#freeId(sign.from));
    const { id, open, signs } = this.#current;
    if (open.has(key)) return undefined;
    if (signs.size >= MOST_SIGNS) {
      this.#more(this.#current, key, sign.from);
      return { what: 'more', id, key, from: sign.from };
    }
    this.#sign(this.#current, key, sign);
    return { what: 'sign', id, key, sign };
  }

  /** A sign ends. Returns the line to write down. */
  ended(key: string, to: number): IncidentLine | undefined {
    const current = this.#current;
    if (!current?.open.has(key)) return undefined;
    this.#over(current, key, to);
    return { what: 'sign-over', id: current.id, key, to };
  }

  /** Ends the incident when all has been quiet for a while. Returns the line to write down. */
  settle(wall: number, audience: IncidentAudience | undefined): IncidentLine | undefined {
    const current = this.#current;
    if (!current) return undefined;
    if (audience) current.audience = audience;
    if (current.open.size > 0) return undefined;
    const ends = [...current.signs.values()].map((sign) => sign.to ?? sign.from);
    const to = Math.max(current.unlistedTo, ...ends);
    if (wall - to < current.quiet) return undefined;
    const line = {
      ...({ what: 'over', id: current.id, to, complete: current.complete } as const),
      ...(current.audience ? { audience: current.audience } : {}),
    };
    this.#close(current, line);
    this.#current = undefined;
    return line;
  }

  /** What the requests of an incident support, as far as they are known. Returns the line to write down. */
  requests(id: string, requests: RequestFinding): IncidentLine | undefined {
    const kept = this.#kept.get(id);
    if (!kept) return undefined;
    kept.requests = requests;
    return { what: 'requests', id, requests };
  }

  /** Somebody writes beside an incident. Returns the line to write down; undefined when there is no such incident. */
  note(id: string, note: IncidentNote): IncidentLine | undefined {
    const kept = this.#kept.get(id);
    if (!kept || kept.notes.length >= MOST_NOTES || !hasPlace(kept.notes, note)) return undefined;
    kept.notes.push(note);
    return { what: 'note', id, note };
  }

  /** A person says that something is wrong: from now on it is an incident, or belongs to the one that lasts. */
  opened(title: string, at: number, room?: string): IncidentLine | undefined {
    return this.began(`${PERSON}${at}`, {
      ...{ kind: 'person', from: at, detail: title },
      ...(room === undefined ? {} : { room }),
    });
  }

  /** Ends what persons have begun. Returns the lines to write down; none when no such thing is open. */
  closed(id: string, at: number): IncidentLine[] {
    if (this.#current?.id !== id) return [];
    const keys = [...this.#current.open.keys()].filter((key) => key.startsWith(PERSON));
    return keys.flatMap((key) => this.ended(key, at) ?? []);
  }

  /**
   * Minutes that have ended, oldest first. Those of the incident that lasts, or of the one that ended within them, are
   * kept. Returns the line to write down.
   */
  minutes(ended: readonly IncidentMinute[]): IncidentLine | undefined {
    const last = this.#current ?? [...this.#kept.values()].at(-1);
    if (!last) return undefined;
    const known = last.minutes.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
    const { to = Number.POSITIVE_INFINITY } = last;
    const minutes = ended
      .filter(({ at }) => at > known && at <= to)
      .slice(0, Math.max(0, MOST_MINUTES - last.minutes.length));
    if (minutes.length === 0) return undefined;
    last.minutes.push(...minutes);
    return { what: 'minutes', id: last.id, minutes };
  }

  /** Somebody tells what happened, and why. Returns the line to write down. */
  postmortem(id: string, version: IncidentPostmortem): IncidentLine | undefined {
    const kept = this.#kept.get(id);
    if (!kept || kept.postmortems.length >= MOST_POSTMORTEMS) return undefined;
    kept.postmortems.push(version);
    return { what: 'postmortem', id, version };
  }

  /** Keys of measured signs that were open when this process ended; see `restored`. */
  get openKeys(): readonly string[] {
    return [...(this.#current?.open.keys() ?? [])].filter((key) => !key.startsWith(PERSON));
  }

  /** The one that lasts. */
  get current(): Incident | undefined {
    return this.#current && incidentOf(this.#current);
  }

  /** One of them. */
  get(id: string): Incident | undefined {
    const kept = this.#kept.get(id);
    return kept && incidentOf(kept);
  }

  /** All that are held, newest first. */
  list(): Incident[] {
    return [...this.#kept.values()].reverse().map(incidentOf);
  }

  #of(id: string): Kept {
    let kept = this.#kept.get(id);
    if (!kept) {
      kept = {
        id,
        signs: new Map(),
        open: new Map(),
        ...{ unlisted: 0, unlistedTo: 0, quiet: QUIET_MS },
        minutes: [],
        notes: [],
        postmortems: [],
        complete: true,
      };
      this.#kept.set(id, kept);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > MOST_INCIDENTS && oldest !== undefined) this.#kept.delete(oldest);
    }
    return kept;
  }

  #sign(kept: Kept, key: string, sign: IncidentSign): void {
    const { signs, open } = kept;
    if (signs.size === 0) kept.quiet = this.#quietAfter(kept, sign);
    const own = `${key} ${sign.from}`;
    signs.set(own, sign);
    open.set(key, own);
  }

  /** How long must be quiet after an incident that begins with a sign. */
  #quietAfter(kept: Kept, { kind, room, from }: IncidentSign): number {
    const before = [...this.#kept.values()].filter((one) => one !== kept).at(-1);
    const again =
      kind !== 'person' &&
      before?.to !== undefined &&
      from - before.to < MOST_QUIET_MS &&
      [...before.signs.values()].some((sign) => sign.kind === kind && sign.room === room);
    return again ? Math.min(MOST_QUIET_MS, 2 * before.quiet) : QUIET_MS;
  }

  #more(kept: Kept, key: string, from: number): void {
    kept.unlisted += 1;
    kept.unlistedTo = Math.max(kept.unlistedTo, from);
    kept.open.set(key, `${UNLISTED}${from}`);
  }

  #over(kept: Kept, key: string, to: number): void {
    const { signs, open } = kept;
    if (open.get(key)?.startsWith(UNLISTED)) kept.unlistedTo = Math.max(kept.unlistedTo, to);
    const own = open.get(key);
    const sign = own === undefined ? undefined : signs.get(own);
    open.delete(key);
    if (own !== undefined && sign) signs.set(own, { ...sign, to });
  }

  #close(kept: Kept, { to, complete, audience }: Extract<IncidentLine, { what: 'over' }>): void {
    Object.assign(kept, { to, complete, ...(audience ? { audience } : {}) });
  }

  /** `20261130-203110`: when it began, UTC; with a letter behind it where that is taken. */
  #freeId(from: number): string {
    const id = new Date(from).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
    if (!this.#kept.has(id)) return id;
    for (let letter = 'b'; ; letter += 'b') if (!this.#kept.has(id + letter)) return id + letter;
  }
}

/** True while there is a place for this author beside the notes that are there. */
function hasPlace(notes: readonly IncidentNote[], { author, room }: IncidentNote): boolean {
  if (author !== 'host') return true;
  const hosts = notes.filter((one) => one.author === 'host');
  return hosts.length < MOST_HOST_NOTES && hosts.filter((one) => one.room === room).length < MOST_ROOM_NOTES;
}

function incidentOf(kept: Kept): Incident {
  const { id, signs, minutes, notes, postmortems, to, audience, requests } = kept;
  const listed = [...signs.values()].sort((a, b) => a.from - b.from);
  const finding = findingOf({ signs: listed, audience, requests });
  // Who opens what lasts already has not opened it.
  const title = listed[0]?.kind === 'person' ? listed[0].detail : undefined;
  return {
    ...{ v: 1, id, ...finding },
    complete: kept.complete && (requests === undefined || requests.complete >= COMPLETE_SHARE),
    ...{ minutes: [...minutes], notes: [...notes], postmortems: [...postmortems] },
    ...(title === undefined ? {} : { title }),
    ...(requests === undefined ? {} : { requests }),
    ...(kept.unlisted === 0 ? {} : { unlisted: kept.unlisted }),
    window: { from: listed[0]?.from ?? 0, ...(to === undefined ? {} : { to }) },
    signs: listed,
    rooms: [...new Set(listed.flatMap(({ room }) => room ?? []))],
    ...(audience ? { audience } : {}),
  };
}
