import type { IncidentSign } from '../incident.ts';

/** Causes of a silence that nobody chose, and why a process ended, as they are written down. */
const ENGLISH: Readonly<Record<string, string>> = {
  'no-packets': 'no packets arrive',
  encoder: 'the encoder failed',
  hung: 'hung, and was ended',
  memory: 'took too much memory, and was ended',
  'not-started': 'did not start',
};
const FRENCH: Readonly<Record<string, string>> = {
  'no-packets': 'aucun paquet n’arrive',
  encoder: 'l’encodeur a échoué',
  hung: 'ne répondait plus, et a été arrêté',
  memory: 'prenait trop de mémoire, et a été arrêté',
  'not-started': 'n’a pas démarré',
};

/** What is known of a sign beside its kind, in words; undefined when there is nothing. What people wrote stays as it is. */
export function detailText(
  { kind, detail }: Pick<IncidentSign, 'kind' | 'detail'>,
  language: 'en' | 'fr',
): string | undefined {
  if (detail === undefined || kind === 'person') return detail;
  const words = language === 'fr' ? FRENCH : ENGLISH;
  if (kind === 'dead-air') return words[detail] ?? detail;
  if (kind === 'failed-joins') return language === 'fr' ? detail.replace(' of ', ' sur ') : detail;
  if (kind === 'rung') return language === 'fr' ? `palier ${detail}` : `rung ${detail}`;
  if (kind !== 'process') return detail;
  const [, name = '', how = '', room] = /^(.*?): (.*?)(?:, while it worked on (.*))?$/.exec(detail) ?? [];
  if (name === '') return detail;
  const told =
    words[how] ??
    (language === 'fr'
      ? how.replace('exit code unknown', 'on ne sait pas comment').replace('exit code', 'code de sortie')
      : how);
  const about =
    room === undefined
      ? ''
      : language === 'fr'
        ? `, pendant qu’il s’occupait de ${room}`
        : `, while it worked on ${room}`;
  return language === 'fr' ? `${name} : ${told}${about}` : `${name}: ${told}${about}`;
}
