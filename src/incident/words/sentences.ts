import type { Dossier } from '../dossier.ts';
import { isOwnFault } from '../finding.ts';
import type { Incident, IncidentSign } from '../incident.ts';
import { ENGLISH } from './english.ts';
import { FRENCH } from './french.ts';
import type { HostileText } from './hostile-text.ts';
import type { IncidentWords } from './incident-words.ts';
import { detailText } from './sign-detail.ts';

/** The words of a language. */
export const incidentWords = (language: 'en' | 'fr'): IncidentWords => (language === 'fr' ? FRENCH : ENGLISH);

/** `2026-11-30 20:31:10`, UTC. */
export const moment = (at: number): string => new Date(at).toISOString().slice(0, 19).replace('T', ' ');

/** When an incident was; `now`: wall-clock ms, for one that lasts. */
export function spanOf(
  { window: { from, to } }: Pick<Incident, 'window'>,
  words: IncidentWords,
  now: number,
): string {
  const sameDay = to !== undefined && moment(from).slice(0, 10) === moment(to).slice(0, 10);
  const end = to === undefined ? undefined : sameDay ? moment(to).slice(11) : moment(to);
  return words.span(moment(from), end, words.length((to ?? now) - from));
}

/** A sign in a few words. */
export function signText(sign: IncidentSign, words: IncidentWords): string {
  const name = words.signs[sign.kind];
  const detail = detailText(sign, words.language);
  return detail === undefined ? name : `${name} (${detail})`;
}

/** Own faults, each kind once, with what is known of all of them. */
function faultsIn(signs: readonly IncidentSign[], words: IncidentWords): string[] {
  const kinds = Map.groupBy(signs, ({ kind }) => kind);
  return [...kinds].map(([kind, list]) => {
    const details = [...new Set(list.flatMap((sign) => detailText(sign, words.language) ?? []))];
    const shown = details.slice(0, MOST_DETAILS).join(', ') + (details.length > MOST_DETAILS ? ' …' : '');
    return details.length === 0 ? words.signs[kind] : `${words.signs[kind]} (${shown})`;
  });
}

/** Details of one kind of fault that a sentence names. */
const MOST_DETAILS = 6;
/** The longest part of a statement that is quoted in a sentence, in characters. */
const MOST_QUOTED = 90;
const quoted = (text: string): string =>
  [...text].length > MOST_QUOTED ? `${[...text].slice(0, MOST_QUOTED - 1).join('')}…` : text;

/** The hostile part of the requests with its range; undefined where it is not known. */
export function hostileText({ hostile }: Incident, words: IncidentWords): HostileText | undefined {
  const { cost, requests } = hostile;
  if (cost.share === null || requests.share === null) return undefined;
  return {
    cost: words.range(cost.share, cost.low, cost.high),
    requests: words.range(requests.share, requests.low, requests.high),
  };
}

/** What happened, who heard what, own faults, what the measurements support, and what they cannot. */
export function fiveSentences(
  { incident, saidAttack }: Pick<Dossier, 'incident' | 'saidAttack'>,
  words: IncidentWords,
  now: number,
): readonly string[] {
  const { signs, rooms, audience, label, complete, title } = incident;
  const measured = signs.filter(({ kind }) => kind !== 'person');
  const named = title === undefined ? words.signs.person : `${words.signs.person}, “${title}”`;
  const kinds = measured.length > 0 ? [...new Set(measured.map(({ kind }) => words.signs[kind]))] : [named];
  const faults = faultsIn(signs.filter(isOwnFault), words);
  const [said] = saidAttack;
  const answered =
    said &&
    words.dossier.attackSaid(
      quoted(said.statement.text),
      words.dossier.who(said.statement.author, said.statement.room),
      moment(said.statement.at).slice(11, 16),
      said.answer,
    );
  return [
    words.happened(spanOf(incident, words, now), rooms.length, kinds),
    words.heard(audience),
    words.faults(faults),
    words.found(words.labels[label], answered),
    words.unknown(complete, hostileText(incident, words)),
  ];
}
