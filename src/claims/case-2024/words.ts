import type { PageLanguage } from '../../base/negotiation.ts';

/** A saying of the evening: who said what, and the sentence that the checker is asked. */
export interface Saying {
  readonly text: string;
  /** What it was, in a few words. */
  readonly was: string;
}

/** What is said about the evening, in one language. Figures come formatted. */
export interface CaseWords {
  readonly title: string;
  readonly lead: string;
  readonly simulated: string;
  readonly evening: string;
  readonly sayings: string;
  readonly sayingsLead: string;
  readonly six: readonly Saying[];
  /** The last one has no number, for none was ever published: attempts, successes, failures. */
  failures(attempts: string, successes: string, failed: string): string;
  readonly reasons: string;
  readonly reasonNames: Readonly<Record<string, string>>;
  readonly check: string;
  readonly download: string;
  readonly verify: string;
  readonly ask: string;
  millions(number: string, one: boolean): string;
  clock(time: string): string;
  readonly pictureTitle: string;
  readonly pictureDescription: string;
  readonly inRoomAndListening: string;
  readonly inRoom: string;
  readonly listening: string;
  readonly joinsPerMinute: string;
  readonly joined: string;
  readonly failed: string;
  readonly sixFigures: string;
  atHalf(count: string): string;
  peak(count: string): string;
  plays(live: string, replay: string): string;
  postThen(count: string, clock: string): string;
  postLast(count: string): string;
  added(count: string): string;
  readonly tenTimes: string;
}

const ENGLISH: CaseWords = {
  title: 'The case of 2024',
  lead: 'On 12 August 2024 a conversation on X Spaces was announced for 20:00. It began up to 54 minutes late, and five very different numbers were called its audience. Nobody outside could check any of them. Here is such an evening as Earshot counts it, and what each of the sayings turns out to be.',
  simulated:
    'The people of this evening are simulated: drawn so that their number is of the reported size. The counting, the log, the signatures and the checks are those of every room. The key of this log is public, so the bundle shows how a check works, and proves nothing about 2024.',
  evening: 'The evening, minute by minute',
  sayings: 'Six sayings, checked',
  sayingsLead:
    'Each sentence is held against the figures of the bundle, by the checker that anybody can ask.',
  six: [
    {
      text: 'hundreds of thousands in the room at 20:30 ET',
      was: 'people in the room while nothing was played',
    },
    { text: '1.4 million listeners', was: 'listeners at the same time, at the peak' },
    { text: '24 million views of the Space', was: 'plays, live and as a replay' },
    { text: '60 million views of the post', was: 'read aloud on the air' },
    { text: '183 million views of the post', was: 'the same counter, the next day' },
    { text: 'about 1 billion', was: 'the views of many posts of many accounts, added' },
  ],
  failures: (attempts, successes, failed) =>
    `Joins that failed for most of an hour: nobody published a number. Here it stands beside the others: ${attempts} attempts, ${successes} of them successful, ${failed} failed.`,
  reasons: 'Why joins failed',
  reasonNames: {
    ...{ capacity: 'no capacity', network: 'network', decode: 'could not be decoded', blocked: 'blocked' },
    ...{ abandoned: 'abandoned', unknown: 'unknown' },
  },
  check: 'Check it yourself',
  download: 'the bundle: every entry of the log, with proofs and signatures',
  verify: 'choose it there, and your browser checks it',
  ask: 'ask about a room of this server',
  millions: (number) => `${number} million`,
  clock: (time) => time,
  pictureTitle: 'An evening like that of August 2024, as Earshot counts it (simulated people)',
  pictureDescription:
    'Hundreds of thousands wait in the room from 20:00, while most joins fail and nothing is played; from 20:54 listeners come, 1.4 million at the same time at most. Below, six figures on one axis: people in the room, the peak, plays in two parts, impressions of the post at two times, and the posts of other accounts, each by itself.',
  inRoomAndListening: 'In the room, and listening',
  inRoom: 'pages open on the room',
  listening: 'listeners',
  joinsPerMinute: 'Presses on Listen per minute, Eastern time',
  joined: 'joined',
  failed: 'failed',
  sixFigures: 'Six figures, all of which were called the audience',
  atHalf: (count) => `${count} in the room at 20:30, no listener`,
  peak: (count) => `${count} listeners at the peak`,
  plays: (live, replay) => `${live} live + ${replay} replays`,
  postThen: (count, clock) => `${count} impressions of the post at ${clock}`,
  postLast: (count) => `${count} the next day`,
  added: (count) => `added ${count}: no audience`,
  tenTimes:
    'Each line is ten times the one before. The shape says what is counted: sessions, listens, events.',
};

const FRENCH: CaseWords = {
  title: 'Le cas de 2024',
  lead: 'Le 12 août 2024, une conversation sur X Spaces était annoncée pour 20 h. Elle a commencé avec jusqu’à 54 minutes de retard, et cinq nombres très différents ont été appelés son audience. Personne à l’extérieur ne pouvait en vérifier un seul. Voici une telle soirée comme Earshot la compte, et ce qu’il en est de chaque affirmation.',
  simulated:
    'Les gens de cette soirée sont simulés : tirés au sort, en nombre tel qu’il a été rapporté. Le comptage, le journal, les signatures et les vérifications sont ceux de toute salle. La clé de ce journal est publique : le dossier de preuves montre comment on vérifie, et ne prouve rien sur 2024.',
  evening: 'La soirée, minute par minute',
  sayings: 'Six affirmations, vérifiées',
  sayingsLead:
    'Chaque phrase est comparée aux chiffres du dossier, par le vérificateur que chacun peut interroger.',
  six: [
    {
      text: 'des centaines de milliers de personnes dans la salle à 20 h 30 (heure de l’Est)',
      was: 'des gens dans la salle pendant que rien n’était diffusé',
    },
    { text: '1,4 million d’auditeurs', was: 'auditeurs en même temps, au plus fort' },
    { text: '24 millions de vues de la salle', was: 'écoutes, en direct et en réécoute' },
    { text: '60 millions de vues du post', was: 'lu à l’antenne' },
    { text: '183 millions de vues du post', was: 'le même compteur, le lendemain' },
    { text: 'environ un milliard', was: 'les vues de nombreux posts de nombreux comptes, additionnées' },
  ],
  failures: (attempts, successes, failed) =>
    `Des connexions qui ont échoué pendant près d’une heure : personne n’a publié de nombre. Ici il est à côté des autres : ${attempts} tentatives, ${successes} réussies, ${failed} échouées.`,
  reasons: 'Pourquoi des connexions ont échoué',
  reasonNames: {
    ...{ capacity: 'pas de capacité', network: 'réseau', decode: 'décodage impossible', blocked: 'bloquée' },
    ...{ abandoned: 'abandonnée', unknown: 'inconnu' },
  },
  check: 'Vérifiez vous-même',
  download: 'le dossier de preuves : chaque entrée du journal, avec preuves et signatures',
  verify: 'choisissez-le là, et votre navigateur le vérifie',
  ask: 'interroger sur une salle de ce serveur',
  millions: (number, one) => `${number} ${one ? 'million' : 'millions'}`,
  clock: (time) => time.replace(':', ' h '),
  pictureTitle: 'Une soirée comme celle d’août 2024, comptée par Earshot (gens simulés)',
  pictureDescription:
    'Des centaines de milliers attendent dans la salle dès 20 h, tandis que la plupart des connexions échouent et que rien n’est diffusé ; à partir de 20 h 54 viennent les auditeurs, 1,4 million en même temps au plus. En dessous, six chiffres sur un axe : gens dans la salle, maximum, écoutes en deux parts, impressions du post à deux moments, et les posts d’autres comptes, chacun pour soi.',
  inRoomAndListening: 'Dans la salle, et à l’écoute',
  inRoom: 'pages ouvertes sur la salle',
  listening: 'auditeurs',
  joinsPerMinute: 'Appuis sur Écouter par minute, heure de l’Est',
  joined: 'réussies',
  failed: 'échouées',
  sixFigures: 'Six chiffres, tous appelés l’audience',
  atHalf: (count) => `${count} dans la salle à 20 h 30, aucun auditeur`,
  peak: (count) => `${count} d’auditeurs au plus fort`,
  plays: (live, replay) => `${live} en direct + ${replay} en réécoute`,
  postThen: (count, clock) => `${count} d’impressions du post à ${clock}`,
  postLast: (count) => `${count} le lendemain`,
  added: (count) => `total ${count} : pas une audience`,
  tenTimes:
    'Chaque trait vaut dix fois le précédent. La forme dit ce qui est compté : sessions, écoutes, événements.',
};

/** By language. */
export const CASE_WORDS: Readonly<Record<PageLanguage, CaseWords>> = { en: ENGLISH, fr: FRENCH };
