import type { PageLanguage } from '../base/negotiation.ts';

/** The texts of what every process is doing, in one language. */
export interface OperationWords {
  readonly lead: string;
  readonly away: string;
  readonly parts: string;
  readonly processes: string;
  readonly rooms: string;
  readonly noRooms: string;
  readonly doors: string;
  readonly defence: string;
  readonly prefixes: string;
  readonly network: string;
  readonly people: string;
  readonly measure: string;
  readonly steps: Readonly<Record<string, string>>;
  readonly networkNames: string;
  readonly data: string;
  readonly process: string;
  readonly state: string;
  readonly states: Readonly<Record<'up' | 'starting' | 'silent' | 'asleep', string>>;
  readonly since: string;
  readonly restarts: string;
  readonly memory: string;
  readonly cpu: string;
  readonly late: string;
  readonly room: string;
  readonly listeners: string;
  readonly speakers: string;
  readonly rung: string;
  readonly cell: string;
  readonly live: string;
  readonly lobby: string;
  readonly resting: string;
  readonly silent: string;
  readonly connections: string;
  readonly streams: string;
  readonly wait: string;
  readonly admitted: string;
  readonly putOff: string;
  readonly figure: string;
  readonly value: string;
}

const english: OperationWords = {
  lead: 'Gathered when this page was asked for. Anybody may read it: it holds no addresses, no links and no titles.',
  away: 'What the processes are doing cannot be read right now.',
  parts: 'What every process is doing',
  processes: 'Processes',
  rooms: 'Rooms with most listeners',
  noRooms: 'No room is running.',
  doors: 'Doors',
  defence: 'Defence of the doors',
  prefixes: 'Networks that cost most',
  network: 'Network',
  people: 'Listeners',
  measure: 'What is done about it',
  steps: { serve: 'nothing', defer: 'comes last', slow: 'slowed', wait: 'asked to wait', refuse: 'refused' },
  networkNames:
    'The names of networks are drawn anew whenever a door starts, so that nobody can tell whose they are. The operator sees the addresses with earshot defence list.',
  data: 'The same for programs',
  process: 'Process',
  state: 'State',
  states: { up: 'up', starting: 'starting', silent: 'does not answer', asleep: 'not needed' },
  since: 'Running for',
  restarts: 'Restarts',
  memory: 'Memory',
  cpu: 'Share of a core',
  late: 'Longest delay',
  room: 'Room',
  listeners: 'Connections',
  speakers: 'On stage',
  rung: 'Rung',
  cell: 'Runs in',
  live: 'live',
  lobby: 'doors open',
  resting: 'rests',
  silent: 'silent',
  connections: 'Connections',
  streams: 'Streams',
  wait: 'Wait of requests',
  admitted: 'Let in',
  putOff: 'Put off so far',
  figure: 'What is counted',
  value: 'Value',
};

const french: OperationWords = {
  lead: 'Relevé quand cette page a été demandée. Tout le monde peut la lire : elle ne contient ni adresses, ni liens, ni titres.',
  away: 'Ce que font les processus ne peut pas être lu en ce moment.',
  parts: 'Ce que fait chaque processus',
  processes: 'Processus',
  rooms: 'Salles avec le plus d’auditeurs',
  noRooms: 'Aucune salle n’est ouverte.',
  doors: 'Portes',
  defence: 'Défense des portes',
  prefixes: 'Réseaux qui coûtent le plus',
  network: 'Réseau',
  people: 'Auditeurs',
  measure: 'Mesure prise',
  steps: {
    serve: 'aucune',
    defer: 'passe en dernier',
    slow: 'ralenti',
    wait: 'prié d’attendre',
    refuse: 'refusé',
  },
  networkNames:
    'Les noms des réseaux sont tirés au sort à chaque démarrage d’une porte : personne ne peut savoir à qui ils sont. L’exploitant voit les adresses avec earshot defence list.',
  data: 'La même chose pour les programmes',
  process: 'Processus',
  state: 'État',
  states: { up: 'en marche', starting: 'démarre', silent: 'ne répond pas', asleep: 'pas nécessaire' },
  since: 'Depuis',
  restarts: 'Redémarrages',
  memory: 'Mémoire',
  cpu: 'Part d’un cœur',
  late: 'Plus long retard',
  room: 'Salle',
  listeners: 'Connexions',
  speakers: 'Sur scène',
  rung: 'Palier',
  cell: 'Tourne dans',
  live: 'en direct',
  lobby: 'portes ouvertes',
  resting: 'au repos',
  silent: 'muette',
  connections: 'Connexions',
  streams: 'Flux',
  wait: 'Attente des requêtes',
  admitted: 'Admises',
  putOff: 'Différées jusqu’ici',
  figure: 'Ce qui est compté',
  value: 'Valeur',
};

/** The words of a language. */
export const operationWords = (language: PageLanguage): OperationWords =>
  language === 'fr' ? french : english;
