import { languageOf, type PageLanguage } from '../base/negotiation.ts';

/**
 * The words of the queue's pages without scripts, in two languages. Titles are plain text, figures already formatted.
 */
export interface PageWords {
  readonly language: PageLanguage;
  readonly yourPlace: string;
  readonly turn: string;
  readonly listenLive: string;
  readonly lottery: string;
  nobodyAhead: string;
  /** `most`: there may be nobody ahead. */
  ahead(range: string, most: boolean): string;
  readonly noPace: string;
  pace(range: string): string;
  again(seconds: number): string;
  inLine(title: string): string;
  readonly meanwhile: string;
  readonly keep: string;
  readonly room: string;
  readonly check: string;
  readonly waiting: string;
  readonly places: string;
  readonly free: string;
  readonly perMinute: string;
  readonly order: string;
  /** `time` is a clock time in UTC. */
  drawn(time: string): string;
  readonly programs: string;
  readonly onBreak: string;
  theLine(title: string): string;
  readonly taken: string;
  readonly take: string;
  readonly nobodyWaits: string;
  readonly toRoom: string;
  readonly plainListen: string;
  readonly said: Readonly<Record<'expired' | 'forged' | 'foreign', string>>;
}

const english: PageWords = {
  language: 'en',
  yourPlace: 'Your place in line',
  turn: 'It is your turn.',
  listenLive: 'Listen live',
  lottery: 'Everyone who comes before the start takes part in one draw; it does not matter who came first.',
  nobodyAhead: 'Nobody is ahead of you.',
  ahead: (range, most) =>
    `${most ? 'At most ' : ''}${range === '1' ? '1 person is' : `${range} people are`} ahead of you.`,
  noPace: 'In the last few minutes nobody has left the live edge, so nobody can say how long it will take.',
  pace: (range) =>
    range === '1' ? 'About a minute at the present pace.' : `About ${range} minutes at the present pace.`,
  again: (seconds) => `This part of the page updates by itself in ${seconds} s.`,
  inLine: (title) => `In line: ${title}`,
  meanwhile:
    'You are in line for the live edge. Meanwhile you hear the conversation about 30 seconds late, or less if it has only just begun. You miss nothing.',
  keep: 'Your place is in the address of this page: bookmark it, and the place is yours, on this device or another. It is kept for 10 minutes after the page was last open.',
  room: 'The room',
  check: 'The line, as everyone sees it',
  waiting: 'People in line',
  places: 'Places at the live edge',
  free: 'Of which free now',
  perMinute: 'Moving up per minute',
  order: 'First come, first served; within one minute the order is drawn at random.',
  drawn: (time) => `The order will be drawn at ${time} UTC. Until then it does not matter who came first.`,
  programs: 'For programs, and for anyone who wants to check the order:',
  onBreak: 'A short break. Music until it resumes.',
  theLine: (title) => `The line: ${title}`,
  taken:
    'All places at the live edge are taken. With a place in line you hear the conversation about 30 seconds late, or less if it has only just begun, and move up when there is room.',
  take: 'Take a place in line',
  nobodyWaits: 'Nobody has to wait: there is room for everyone.',
  toRoom: 'Go to the room',
  plainListen: 'Listen without scripts',
  said: {
    expired: 'Your ticket had expired. It has been renewed, at the same place.',
    forged: 'The ticket in the address is not from this server or was altered. Take a new one here.',
    foreign: 'The ticket in the address is for another room. Take one for this room here.',
  },
};

const french: PageWords = {
  language: 'fr',
  yourPlace: 'Votre place dans la file',
  turn: 'C’est votre tour.',
  listenLive: 'Écouter en direct',
  lottery:
    'Tous ceux qui arrivent avant le début participent au même tirage : peu importe qui est arrivé en premier.',
  nobodyAhead: 'Personne n’est devant vous.',
  ahead: (range, most) =>
    `${most ? 'Au plus ' : ''}${range === '1' ? '1 personne est' : `${range} personnes sont`} devant vous.`,
  noPace:
    'Ces dernières minutes, personne n’a quitté le direct : nul ne peut dire combien de temps cela prendra.',
  pace: (range) =>
    range === '1' ? 'Environ une minute au rythme actuel.' : `Environ ${range} minutes au rythme actuel.`,
  again: (seconds) => `Cette partie de la page se met à jour d’elle-même dans ${seconds} s.`,
  inLine: (title) => `Dans la file : ${title}`,
  meanwhile:
    'Vous êtes dans la file pour le direct. En attendant, vous écoutez la conversation avec environ 30 secondes de retard, ou moins si elle vient de commencer. Vous ne manquez rien.',
  keep: 'Votre place est dans l’adresse de cette page : gardez-la en favori et la place est à vous, sur cet appareil ou un autre. Elle est gardée 10 minutes après que la page a été ouverte pour la dernière fois.',
  room: 'La salle',
  check: 'La file, telle que chacun la voit',
  waiting: 'Personnes dans la file',
  places: 'Places en direct',
  free: 'Dont libres maintenant',
  perMinute: 'Avancent en une minute',
  order: 'Premier arrivé, premier servi ; au sein d’une minute, l’ordre est tiré au sort.',
  drawn: (time) =>
    `L’ordre sera tiré au sort à ${time} UTC. D’ici là, peu importe qui est arrivé en premier.`,
  programs: 'Pour les programmes, et pour qui veut vérifier l’ordre :',
  onBreak: 'Une courte pause. De la musique jusqu’à la reprise.',
  theLine: (title) => `La file : ${title}`,
  taken:
    'Toutes les places en direct sont prises. Avec une place dans la file, vous écoutez la conversation avec environ 30 secondes de retard, ou moins si elle vient de commencer, et vous avancez dès qu’il y a de la place.',
  take: 'Prendre une place dans la file',
  nobodyWaits: 'Personne n’attend : il y a de la place pour tout le monde.',
  toRoom: 'Aller à la salle',
  plainListen: 'Écouter sans scripts',
  said: {
    expired: 'Votre ticket avait expiré. Il est renouvelé, à la même place.',
    forged: 'Le ticket dans l’adresse ne vient pas de ce serveur ou a été modifié. Prenez-en un nouveau ici.',
    foreign: 'Le ticket dans l’adresse est pour une autre salle. Prenez-en un pour celle-ci ici.',
  },
};

/** The words for an Accept-Language. */
export const pageWords = (accepted: string | undefined): PageWords =>
  languageOf(accepted) === 'fr' ? french : english;
