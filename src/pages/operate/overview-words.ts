import type { PageLanguage } from '../../base/negotiation.ts';

/** The pages of operators, by the names of their links. */
export type OperatorPageName = 'server' | 'reports' | 'words' | 'audit' | 'accounts' | 'incidents';

/** The texts about a whole server, for its operator, in one language. */
export interface OverviewWords {
  readonly title: string;
  readonly lead: string;
  readonly pages: string;
  readonly forOperators: string;
  readonly links: Readonly<Record<OperatorPageName, string>>;
  readonly operatorsOnly: string;
  readonly signIn: string;
  readonly away: string;
  readonly health: string;
  readonly allWell: string;
  readonly partsWell: string;
  readonly notWell: string;
  /** A part of the server, as `/readyz` calls it, in words. */
  part(name: string): string;
  readonly diskFull: (when: string) => string;
  readonly neverSaved: string;
  readonly savedLongAgo: (days: number) => string;
  readonly mailsStuck: (count: number) => string;
  readonly mailsByHand: (count: number) => string;
  readonly reportsWait: (count: number) => string;
  readonly objectionsWait: (count: number) => string;
  readonly running: (rooms: string, live: string, listeners: string) => string;
  readonly nothingRuns: string;
  readonly disk: string;
  readonly diskSays: (free: string, size: string) => string;
  readonly diskBar: (share: string) => string;
  readonly forecast: (span: string) => string;
  readonly noForecast: string;
  readonly counts: string;
  readonly count: Readonly<
    Record<
      | 'scheduled'
      | 'open'
      | 'live'
      | 'listeners'
      | 'operators'
      | 'hosts'
      | 'members'
      | 'suspended'
      | 'reports'
      | 'objections'
      | 'mails',
      string
    >
  >;
  readonly who: string;
  readonly operators: string;
  readonly address: string;
  readonly noAddress: string;
  readonly version: string;
  readonly database: string;
  readonly backup: string;
  readonly savedAt: (when: string, size: string, files: string, rows: string) => string;
  readonly mail: string;
  readonly mailBy: (server: string) => string;
  readonly noMail: string;
  readonly limits: string;
  readonly limitsLead: string;
  readonly limit: string;
  readonly value: string;
  readonly setting: string;
  readonly unlimited: string;
  readonly automatic: string;
  readonly asDefault: string;
  readonly asSet: string;
  readonly limitOf: Readonly<Record<LimitName, string>>;
  /** Values that are words, by setting and value. */
  readonly valueOf: Readonly<Record<string, string>>;
}

/** The settings that limit something. */
export type LimitName =
  | 'roomsCreate'
  | 'signUp'
  | 'maxSpeakers'
  | 'speakersPerCell'
  | 'roomsPerCell'
  | 'openLead'
  | 'idleEnd'
  | 'egressLimit'
  | 'backlogLimit'
  | 'cellMemory'
  | 'provingSessions'
  | 'recordingsKeep'
  | 'recordingsQuota'
  | 'audienceKeep'
  | 'audienceQuota'
  | 'reportsKeep'
  | 'auditKeep'
  | 'defence';

const english: OverviewWords = {
  title: 'This server',
  lead: 'For its operators alone. Read when this page was asked for.',
  pages: 'Pages of the operator',
  forOperators: 'With an operator’s account:',
  links: {
    ...{ server: 'this server', reports: 'reports', words: 'blocked words', audit: 'log of moderators' },
    ...{ accounts: 'accounts and invitations', incidents: 'incidents' },
  },
  operatorsOnly: 'This page is for operators of this server.',
  signIn: 'Sign in',
  away: 'What the processes are doing cannot be read right now. Everything below comes from the database.',
  health: 'Health',
  allWell: 'All is well. Nothing needs you.',
  partsWell: 'Every part is well.',
  notWell: 'These are not well, or are waiting for you:',
  part: (name) => {
    const [, kind = name, number] = /^(\w+?)(?:-(\d+))?$/.exec(name) ?? [];
    const words: Record<string, string> = {
      ...{ door: 'A process that serves listeners', studio: 'A process that mixes the sound of rooms' },
      ...{ site: 'The process of rooms and accounts', tally: 'The process that counts the audience' },
      ...{ database: 'The database', disk: 'The disk', recording: 'The recording' },
      ...{
        evidence: 'The log of evidence',
        certificate: 'The certificate',
        udp: 'The network path of speakers’ voices',
      },
      records: 'The records of sessions',
    };
    return words[kind] === undefined ? name : `${words[kind]}${number === undefined ? '' : ` (${name})`}`;
  },
  diskFull: (when) =>
    `The disk is full in ${when} at the pace of the last hour. Recordings would have gaps then.`,
  neverSaved: 'No backup of this server is known. Make one with: earshot backup',
  savedLongAgo: (days) => `The last backup is ${days} days old.`,
  mailsStuck: (count) => (count === 1 ? 'One message cannot be sent.' : `${count} messages cannot be sent.`),
  mailsByHand: (count) =>
    count === 1
      ? 'One message waits: no mail server is set, so pass its link on yourself.'
      : `${count} messages wait: no mail server is set, so pass their links on yourself.`,
  reportsWait: (count) =>
    count === 1 ? 'One report waits for a decision.' : `${count} reports wait for a decision.`,
  objectionsWait: (count) =>
    count === 1 ? 'One objection waits for an answer.' : `${count} objections wait for an answer.`,
  running: (rooms, live, listeners) =>
    `Rooms with their doors open: ${rooms}, live: ${live}. Connections listening: ${listeners}.`,
  nothingRuns: 'No room has its doors open.',
  disk: 'Disk',
  diskSays: (free, size) => `Disk of the data folder: ${free} of ${size} are free.`,
  diskBar: (share) => `${share} used`,
  forecast: (span) => `At the pace of the last hour it is full in ${span}.`,
  noForecast: 'It did not fill up in the last hour, as far as that is known.',
  counts: 'Counts',
  count: {
    ...{ scheduled: 'Rooms announced', open: 'Rooms with their doors open', live: 'Rooms live' },
    ...{
      listeners: 'Connections listening',
      operators: 'Accounts of operators',
      hosts: 'Accounts of hosts',
    },
    ...{ members: 'Accounts of members', suspended: 'Accounts suspended', reports: 'Open reports' },
    ...{ objections: 'Objections without an answer', mails: 'Messages waiting to be sent' },
  },
  who: 'Who and what',
  operators: 'Operators',
  address: 'Public address',
  noAddress: 'not set: links use the name under which each request comes',
  version: 'Version',
  database: 'Database',
  backup: 'Last backup',
  savedAt: (when, size, files, rows) => `${when}: ${size}, ${files} files, ${rows} rows`,
  mail: 'Mail',
  mailBy: (server) => `sent by ${server}`,
  noMail: 'no server is set: messages wait, and you pass their links on',
  limits: 'Limits',
  limitsLead: 'What applies now, and the setting that changes it after a restart.',
  limit: 'Limit',
  value: 'Value',
  setting: 'with its setting',
  unlimited: 'none',
  automatic: 'worked out from this machine',
  asDefault: 'default',
  asSet: 'set',
  limitOf: {
    roomsCreate: 'Who may start rooms, besides accounts of hosts',
    signUp: 'Who may make an account',
    maxSpeakers: 'People on one stage',
    speakersPerCell: 'People on all stages of a studio process',
    roomsPerCell: 'Open rooms of a studio process',
    openLead: 'A room opens before its start by',
    idleEnd: 'A room with nobody on stage ends after',
    egressLimit: 'Bytes sent to listeners, a second',
    backlogLimit: 'Bytes that wait for one listener',
    cellMemory: 'Memory of a studio process',
    provingSessions: 'Sessions that are asked for proofs',
    recordingsKeep: 'Recordings are kept for',
    recordingsQuota: 'Space of all recordings',
    audienceKeep: 'Raw records of sessions are kept for',
    audienceQuota: 'Space of raw records',
    reportsKeep: 'Closed reports are kept for',
    auditKeep: 'The log of moderators is kept for',
    defence: 'What doors do about those who cost too much',
  },
  valueOf: {
    'roomsCreate local': 'whoever is on this machine, and the operator’s link',
    'roomsCreate hosts': 'nobody else',
    'roomsCreate operator': 'the operator’s link',
    'roomsCreate anyone': 'anyone',
    'signUp invited': 'who is invited',
    'signUp open': 'anyone',
    'defence on': 'slow them down, then refuse',
    'defence log-only': 'write it down only',
    'defence off': 'nothing',
    recordingsKeep: 'for ever',
  },
};

const french: OverviewWords = {
  title: 'Ce serveur',
  lead: 'Pour ses exploitants seulement. Relevé quand cette page a été demandée.',
  pages: 'Pages de l’exploitant',
  forOperators: 'Avec un compte d’exploitant :',
  links: {
    ...{
      server: 'ce serveur',
      reports: 'signalements',
      words: 'mots bloqués',
      audit: 'journal des modérateurs',
    },
    ...{ accounts: 'comptes et invitations', incidents: 'incidents' },
  },
  operatorsOnly: 'Cette page est pour les exploitants de ce serveur.',
  signIn: 'Se connecter',
  away: 'Ce que font les processus ne peut pas être lu en ce moment. Tout ce qui suit vient de la base de données.',
  health: 'Santé',
  allWell: 'Tout va bien. Rien ne vous attend.',
  partsWell: 'Toutes les parties vont bien.',
  notWell: 'Ceci ne va pas bien, ou vous attend :',
  part: (name) => {
    const [, kind = name, number] = /^(\w+?)(?:-(\d+))?$/.exec(name) ?? [];
    const words: Record<string, string> = {
      ...{ door: 'Un processus qui sert les auditeurs', studio: 'Un processus qui mixe le son des salles' },
      ...{ site: 'Le processus des salles et des comptes', tally: 'Le processus qui compte le public' },
      ...{ database: 'La base de données', disk: 'Le disque', recording: 'L’enregistrement' },
      ...{ evidence: 'Le journal des preuves', certificate: 'Le certificat', udp: 'Le chemin des voix' },
      records: 'Les relevés de sessions',
    };
    return words[kind] === undefined ? name : `${words[kind]}${number === undefined ? '' : ` (${name})`}`;
  },
  diskFull: (when) =>
    `Le disque sera plein dans ${when} au rythme de la dernière heure. Les enregistrements auraient alors des trous.`,
  neverSaved: 'Aucune sauvegarde de ce serveur n’est connue. Faites-en une : earshot backup',
  savedLongAgo: (days) => `La dernière sauvegarde a ${days} jours.`,
  mailsStuck: (count) =>
    count === 1 ? 'Un courriel ne peut pas être envoyé.' : `${count} courriels ne peuvent pas être envoyés.`,
  mailsByHand: (count) =>
    count === 1
      ? 'Un courriel attend : aucun serveur de courriel n’est réglé, transmettez son lien vous-même.'
      : `${count} courriels attendent : aucun serveur de courriel n’est réglé, transmettez leurs liens vous-même.`,
  reportsWait: (count) =>
    count === 1 ? 'Un signalement attend une décision.' : `${count} signalements attendent une décision.`,
  objectionsWait: (count) =>
    count === 1 ? 'Une contestation attend une réponse.' : `${count} contestations attendent une réponse.`,
  running: (rooms, live, listeners) =>
    `Salles aux portes ouvertes : ${rooms}, en direct : ${live}. Connexions à l’écoute : ${listeners}.`,
  nothingRuns: 'Aucune salle n’a ses portes ouvertes.',
  disk: 'Disque',
  diskSays: (free, size) => `Disque du dossier de données : ${free} libres sur ${size}.`,
  diskBar: (share) => `occupé à ${share}`,
  forecast: (span) => `Au rythme de la dernière heure, il sera plein dans ${span}.`,
  noForecast: 'Il ne s’est pas rempli durant la dernière heure, pour autant qu’on le sache.',
  counts: 'Nombres',
  count: {
    ...{ scheduled: 'Salles annoncées', open: 'Salles aux portes ouvertes', live: 'Salles en direct' },
    ...{ listeners: 'Connexions à l’écoute', operators: 'Comptes d’exploitants', hosts: 'Comptes d’hôtes' },
    ...{ members: 'Comptes de membres', suspended: 'Comptes suspendus', reports: 'Signalements ouverts' },
    ...{ objections: 'Contestations sans réponse', mails: 'Courriels en attente' },
  },
  who: 'Qui et quoi',
  operators: 'Exploitants',
  address: 'Adresse publique',
  noAddress: 'non réglée : les liens prennent le nom sous lequel vient chaque requête',
  version: 'Version',
  database: 'Base de données',
  backup: 'Dernière sauvegarde',
  savedAt: (when, size, files, rows) => `${when} : ${size}, ${files} fichiers, ${rows} lignes`,
  mail: 'Courriel',
  mailBy: (server) => `envoyé par ${server}`,
  noMail: 'aucun serveur n’est réglé : les courriels attendent, et vous transmettez leurs liens',
  limits: 'Limites',
  limitsLead: 'Ce qui vaut maintenant, et le réglage qui le change après un redémarrage.',
  limit: 'Limite',
  value: 'Valeur',
  setting: 'avec son réglage',
  unlimited: 'aucune',
  automatic: 'calculé d’après cette machine',
  asDefault: 'par défaut',
  asSet: 'réglé',
  limitOf: {
    roomsCreate: 'Qui peut ouvrir des salles, outre les comptes d’hôtes',
    signUp: 'Qui peut créer un compte',
    maxSpeakers: 'Personnes sur une scène',
    speakersPerCell: 'Personnes sur toutes les scènes d’un processus de studio',
    roomsPerCell: 'Salles ouvertes d’un processus de studio',
    openLead: 'Une salle ouvre avant son début de',
    idleEnd: 'Une salle sans personne sur scène se termine après',
    egressLimit: 'Octets envoyés aux auditeurs, par seconde',
    backlogLimit: 'Octets qui attendent pour un auditeur',
    cellMemory: 'Mémoire d’un processus de studio',
    provingSessions: 'Sessions auxquelles on demande des preuves',
    recordingsKeep: 'Les enregistrements sont gardés',
    recordingsQuota: 'Place de tous les enregistrements',
    audienceKeep: 'Les relevés bruts de sessions sont gardés',
    audienceQuota: 'Place des relevés bruts',
    reportsKeep: 'Les signalements clos sont gardés',
    auditKeep: 'Le journal des modérateurs est gardé',
    defence: 'Ce que font les portes de qui coûte trop',
  },
  valueOf: {
    'roomsCreate local': 'qui est sur cette machine, et le lien de l’exploitant',
    'roomsCreate hosts': 'personne d’autre',
    'roomsCreate operator': 'le lien de l’exploitant',
    'roomsCreate anyone': 'tout le monde',
    'signUp invited': 'qui est invité',
    'signUp open': 'tout le monde',
    'defence on': 'les ralentir, puis les refuser',
    'defence log-only': 'seulement le noter',
    'defence off': 'rien',
    recordingsKeep: 'pour toujours',
  },
};

/** The words of a language. */
export const overviewWords = (language: PageLanguage): OverviewWords =>
  language === 'fr' ? french : english;
