import { figuresEnglish } from '../../src/words/figures-english.ts';
import { figuresFrench } from '../../src/words/figures-french.ts';
import type { MinuteCount } from './minute-count.ts';

/** The texts of the chart of an evening; the page around it has its texts from the server. */
export interface PictureWords {
  readonly locale: string;
  readonly listeners: string;
  readonly proven: string;
  readonly delivered: string;
  readonly gross: string;
  readonly band: string;
  readonly joins: string;
  readonly heard: string;
  readonly failed: string;
  readonly joinsBelow: string;
  readonly time: string;
  readonly loading: string;
  readonly empty: string;
  readonly failing: string;
  readonly asTable: string;
  readonly tableTitle: string;
  readonly columns: {
    readonly listeners: string;
    readonly served: string;
    readonly heard: string;
    readonly failed: string;
    readonly happened: string;
  };
  eachRow(length: string): string;
  readonly atMinute: string;
  zone(name: string): string;
  readonly noMinute: string;
  /** What is known of a minute; `step`: seconds of a point of the picture. */
  minute(time: string, counts: MinuteCount, step: number): string;
  readonly notes: string;
  readonly notesAre: string;
  readonly answer: string;
  readonly authors: Readonly<Record<string, string>>;
  writtenAt(time: string): string;
  entry(index: number): string;
  readonly events: Readonly<Record<string, string>>;
  readonly causes: Readonly<Record<string, string>>;
  late(minutes: number): string;
  rung(n: string): string;
  each(step: string): string;
  span(seconds: number): string;
  summary(from: string, to: string, peak: string, at: string): string;
}

const n = (value: number, locale: string): string => new Intl.NumberFormat(locale).format(value);

const english: PictureWords = {
  locale: 'en-GB',
  listeners: 'Listeners at once',
  proven: 'proven by both sides (M)',
  delivered: 'sound delivered (S)',
  gross: 'before exclusions',
  band: 'The line is what both sides prove; the band above it is what only the server saw.',
  joins: 'Presses on Listen, per minute',
  heard: 'heard within 30 s',
  failed: 'failed',
  joinsBelow: 'Bars are events, not people: somebody who tries five times is five presses.',
  time: 'Time',
  loading: 'The picture is loading.',
  empty: 'Nothing has been drawn yet: the first point appears ten seconds after the first listener.',
  failing:
    'The picture could not be loaded. The figures below are complete without it; it is tried again in a moment.',
  asTable: 'Every minute',
  tableTitle: 'The same as a table',
  columns: {
    listeners: 'Listening at once',
    served: 'by the server’s count alone',
    heard: 'Joins that were heard',
    failed: 'Joins that failed',
    happened: 'What happened',
  },
  eachRow: (length) => `One row is ${length}. Listening at once: the most in that time.`,
  atMinute: 'How many listened at',
  zone: (name) => `All times on this page are of your time zone, ${name}.`,
  noMinute: 'Nobody was counted at that time.',
  minute: (time, { low, high, served, attempts, failed }, step) =>
    [
      `At ${time}, ${low === high ? n(high, 'en-GB') : `${n(low, 'en-GB')} to ${n(high, 'en-GB')}`} listened at once${step > 60 ? ` within ${step / 60} minutes` : ''}.`,
      served > high ? `The server’s own count was up to ${n(served, 'en-GB')}.` : '',
      attempts > 0
        ? `Listen was pressed ${n(attempts, 'en-GB')} times, and ${n(failed, 'en-GB')} joins failed.`
        : '',
    ]
      .filter(Boolean)
      .join(' '),
  notes: 'Notes of the host',
  notesAre: 'A note is an entry of the log: nobody can change it. A later one can take its place; both stay.',
  answer: 'Answer',
  authors: { host: 'the host', operator: 'the operator of this server' },
  writtenAt: (time) => `written at ${time}`,
  entry: (index) => `log entry ${index}`,
  events: {
    scheduled: 'Announced start',
    opened: 'Doors opened',
    'first-audio': 'First sound',
    'first-speech': 'First words',
    ended: 'Ended',
    'dead-air': 'Silence',
    stopped: 'Stopped by the operator',
    resumed: 'Resumed',
    quarantined: 'Runs apart',
    released: 'Back among the others',
    'host-gone': 'The host’s connection ended',
    'handed-over': 'A co-host stands in',
    'host-back': 'The host is back',
    rung: 'More delay for everybody: rung',
    sampling: 'Share that proves',
    note: 'Host’s note',
  },
  causes: figuresEnglish.causes,
  late: (minutes) => `The first words came ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} late.`,
  rung: (n) => `rung ${n}`,
  each: (step) => `One point is ${step}; it shows the largest value in that time.`,
  span: (seconds) =>
    seconds < 60 ? `${seconds} seconds` : seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`,
  summary: (from, to, peak, at) => `From ${from} to ${to}. Most at once: ${peak}, at ${at}.`,
};

const french: PictureWords = {
  locale: 'fr-FR',
  listeners: 'À l’écoute en même temps',
  proven: 'prouvé des deux côtés (M)',
  delivered: 'son livré (S)',
  gross: 'avant exclusions',
  band: 'La ligne est ce que les deux côtés prouvent ; la bande au-dessus, ce que seul le serveur a vu.',
  joins: 'Appuis sur Écouter, par minute',
  heard: 'entendu en moins de 30 s',
  failed: 'échoué',
  joinsBelow: 'Les barres sont des événements, pas des personnes : qui essaie cinq fois compte cinq appuis.',
  time: 'Heure',
  loading: 'Le graphique se charge.',
  empty: 'Rien à dessiner encore : le premier point paraît dix secondes après la première écoute.',
  failing:
    'Le graphique n’a pas pu être chargé. Les chiffres ci-dessous sont complets sans lui ; nouvel essai dans un instant.',
  asTable: 'Chaque minute',
  tableTitle: 'La même chose en tableau',
  columns: {
    listeners: 'À l’écoute en même temps',
    served: 'selon le serveur seul',
    heard: 'Entrées abouties',
    failed: 'Entrées échouées',
    happened: 'Ce qui s’est passé',
  },
  eachRow: (length) => `Une ligne vaut ${length}. À l’écoute : le maximum en même temps pendant ce temps.`,
  atMinute: 'Combien écoutaient à',
  zone: (name) => `Toutes les heures de cette page sont dans votre fuseau, ${name}.`,
  noMinute: 'Personne n’a été compté à cette heure.',
  minute: (time, { low, high, served, attempts, failed }, step) =>
    [
      `À ${time}, ${low === high ? n(high, 'fr-FR') : `${n(low, 'fr-FR')} à ${n(high, 'fr-FR')}`} écoutaient en même temps${step > 60 ? ` sur ${step / 60} minutes` : ''}.`,
      served > high ? `Le compte du serveur seul allait jusqu’à ${n(served, 'fr-FR')}.` : '',
      attempts > 0
        ? `On a appuyé ${n(attempts, 'fr-FR')} fois sur Écouter, et ${n(failed, 'fr-FR')} entrées ont échoué.`
        : '',
    ]
      .filter(Boolean)
      .join(' '),
  notes: 'Notes de l’hôte',
  notesAre:
    'Une note est une entrée du journal : personne ne peut la changer. Une autre peut prendre sa place ; les deux restent.',
  answer: 'Réponse',
  authors: { host: 'l’hôte', operator: 'l’exploitant de ce serveur' },
  writtenAt: (time) => `écrite à ${time}`,
  entry: (index) => `entrée ${index} du journal`,
  events: {
    scheduled: 'Début annoncé',
    opened: 'Ouverture des portes',
    'first-audio': 'Premier son',
    'first-speech': 'Premiers mots',
    ended: 'Fin',
    stopped: 'Arrêtée par l’exploitant',
    resumed: 'Reprise',
    quarantined: 'Tourne à part',
    released: 'De nouveau avec les autres',
    'host-gone': 'La connexion de l’hôte s’est interrompue',
    'handed-over': 'Un co-hôte prend le relais',
    'host-back': 'L’hôte est de retour',
    'dead-air': 'Silence',
    rung: 'Plus de retard pour tous : palier',
    sampling: 'Part qui prouve',
    note: 'Note de l’hôte',
  },
  causes: figuresFrench.causes,
  late: (minutes) =>
    `Les premiers mots sont venus avec ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} de retard.`,
  rung: (n) => `palier ${n}`,
  each: (step) => `Un point vaut ${step} ; il montre la plus grande valeur de ce temps.`,
  span: (seconds) =>
    seconds < 60 ? `${seconds} secondes` : seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`,
  summary: (from, to, peak, at) => `De ${from} à ${to}. Maximum en même temps : ${peak}, à ${at}.`,
};

/** The texts of the chart in a language. */
export const pictureWords = (language: 'en' | 'fr'): PictureWords => (language === 'fr' ? french : english);
