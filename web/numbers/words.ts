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
  readonly events: Readonly<Record<string, string>>;
  readonly reasons: Readonly<Record<string, string>>;
  readonly causes: Readonly<Record<string, string>>;
  late(minutes: number): string;
  rung(n: string): string;
  each(step: string): string;
  span(seconds: number): string;
  summary(from: string, to: string, peak: string, at: string): string;
}

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
  asTable: 'The same as a table',
  events: {
    scheduled: 'Announced start',
    opened: 'Doors opened',
    'first-audio': 'First sound',
    'first-speech': 'First words',
    ended: 'Ended',
    'dead-air': 'Silence',
    rung: 'Rung',
    note: 'Host’s note',
  },
  reasons: {
    capacity: 'no capacity',
    network: 'connection failed',
    decode: 'could not be played',
    blocked: 'blocked',
    abandoned: 'left before the sound',
    unknown: 'not known',
  },
  causes: {
    'nobody-on-stage': 'nobody on stage',
    'all-muted': 'everyone muted',
    'no-packets': 'no sound from the stage',
    encoder: 'encoder failed',
    quiet: 'microphones on, but quiet',
  },
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
  asTable: 'La même chose en tableau',
  events: {
    scheduled: 'Début annoncé',
    opened: 'Ouverture des portes',
    'first-audio': 'Premier son',
    'first-speech': 'Premiers mots',
    ended: 'Fin',
    'dead-air': 'Silence',
    rung: 'Palier',
    note: 'Note de l’hôte',
  },
  reasons: {
    capacity: 'plus de capacité',
    network: 'connexion échouée',
    decode: 'impossible à jouer',
    blocked: 'bloqué',
    abandoned: 'parti avant le son',
    unknown: 'inconnu',
  },
  causes: {
    'nobody-on-stage': 'personne sur scène',
    'all-muted': 'tous les micros coupés',
    'no-packets': 'aucun son de la scène',
    encoder: 'encodeur arrêté',
    quiet: 'micros ouverts, mais silencieux',
  },
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
