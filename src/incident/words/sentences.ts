import { isOwnFault } from '../finding.ts';
import type { Incident, IncidentSign } from '../incident.ts';
import { ENGLISH } from './english.ts';
import { FRENCH } from './french.ts';
import type { IncidentWords } from './incident-words.ts';

/** The words of a language. */
export const incidentWords = (language: 'en' | 'fr'): IncidentWords => (language === 'fr' ? FRENCH : ENGLISH);

/** `2026-11-30 20:31:10`, UTC. */
export const moment = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** When an incident was; `now`: wall-clock ms, for one that lasts. */
export function spanOf({ window: { from, to } }: Incident, words: IncidentWords, now: number): string {
  const sameDay = to !== undefined && moment(from).slice(0, 10) === moment(to).slice(0, 10);
  const end = to === undefined ? undefined : sameDay ? moment(to).slice(11) : moment(to);
  return words.span(moment(from), end, words.length((to ?? now) - from));
}

/** A sign in a few words. */
export function signText({ kind, detail }: IncidentSign, words: IncidentWords): string {
  const name = words.signs[kind];
  return detail === undefined ? name : `${name} (${detail})`;
}

/** What happened, who heard what, own faults, what the measurements support, and what they cannot. */
export function fiveSentences(incident: Incident, words: IncidentWords, now: number): readonly string[] {
  const { signs, rooms, audience, label, complete } = incident;
  const kinds = [...new Set(signs.map(({ kind }) => words.signs[kind]))];
  const faults = [...new Set(signs.filter(isOwnFault).map((sign) => signText(sign, words)))];
  return [
    words.happened(spanOf(incident, words, now), rooms.length, kinds),
    words.heard(audience),
    words.faults(faults),
    words.found(words.labels[label]),
    words.unknown(complete),
  ];
}
