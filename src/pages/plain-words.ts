import type { DeadAirCause } from '../base/media.ts';
import type { PageLanguage } from '../base/negotiation.ts';
import type { RoomAccess } from '../wire/room.ts';

/** What pages say before or without scripts. Names and titles come as safe markup. */
export interface PlainWords {
  readonly language: PageLanguage;
  starts(when: string): string;
  readonly notOpen: string;
  readonly calledOff: string;
  hostSays(reason: string): string;
  moved(from: string): string;
  /** `room` is a link. */
  continues(room: string): string;
  continuedBy(room: string): string;
  /** `name`: who hosts meanwhile, safe as HTML. */
  hostGone(when: string, name: string | undefined): string;
  /** `reason` is safe as HTML. */
  stopped(reason: string): string;
  readonly quarantine: string;
  ended(when: string | undefined): string;
  readonly doorsOpen: string;
  readonly onBreak: string;
  readonly studioAway: string;
  readonly silence: Readonly<Record<DeadAirCause, string>>;
  musicBecause(cause: string): string;
  silentBecause(cause: string): string;
  readonly musicEmpty: string;
  readonly textOnly: string;
  readonly busy: string;
  readonly live: string;
  with(hosts: string): string;
  readonly clocks: Readonly<Record<'scheduled' | 'opened' | 'firstAudio' | 'firstSpeech' | 'ended', string>>;
  readonly listen: string;
  readonly replay: string;
  readonly calendar: string;
  readonly remindMe: string;
  readonly homeTitle: string;
  readonly homeLead: string;
  readonly homeAbout: string;
  readonly on: string;
  readonly coming: string;
  readonly over: string;
  readonly nothing: string;
  readonly start: string;
  readonly what: string;
  readonly name: string;
  readonly when: string;
  readonly whenHint: string;
  readonly zone: string;
  /** Who may come to a new room. */
  readonly who: string;
  readonly access: Readonly<Record<RoomAccess, string>>;
  readonly password: string;
  readonly passwordHint: string;
  readonly draft: string;
  readonly draftHint: string;
  readonly operator: string;
  /** HTML. */
  readonly operatorHint: string;
  readonly welcome: string;
  studio(title: string): string;
  readonly studioAbout: string;
  studioPlain(link: string): string;
  readonly missingTitle: string;
  readonly missingAbout: string;
  readonly missing: string;
  readonly missingWay: string;
  readonly card: string;
  readonly operate: string;
  readonly operateAbout: string;
  readonly operatePlain: string;
  readonly verifyTitle: string;
  readonly verifyAbout: string;
  readonly verifyPlain: string;
  /** The link to what is kept about listeners. */
  readonly privacy: string;
  /** The link to what went wrong here. */
  readonly incidents: string;
  readonly account: string;
  readonly signIn: string;
  /** The link to what people write here. */
  readonly posts: string;
  readonly postsHere: string;
  readonly postsFollowed: string;
  /** Ways between one's own pages, as pages of posts have them. */
  readonly ways: Readonly<Record<'following' | 'here' | 'search' | 'notifications' | 'settings', string>>;
  /** Said of a room whose host has erased their account. */
  readonly hostErased: string;
  /** Links of a room, and of every page. */
  readonly numbers: string;
  readonly said: string;
  readonly report: string;
  readonly verifyLink: string;
  readonly checkNumber: string;
  readonly feed: string;
  /** From a player inside another site. */
  readonly embedRoom: string;
  /** The link to the code that cameras read. */
  readonly qr: string;
  /** For those who wait there: what the player has no room for. */
  readonly embedMore: string;
  feedTitle(server: string): string;
  readonly feedAbout: string;
}

const english: PlainWords = {
  language: 'en',
  starts: (when) => `Starts ${when}.`,
  notOpen: 'Not open yet.',
  calledOff: 'This conversation was called off.',
  hostSays: (reason) => `The host says: “${reason}”`,
  moved: (from) => `Moved from ${from}.`,
  continues: (room) => `This continues ${room}.`,
  continuedBy: (room) => `The conversation goes on in ${room}.`,
  hostGone: (when, name) =>
    name === undefined
      ? `The host’s connection ended on ${when}; the room stays open.`
      : `The host’s connection ended on ${when}. ${name} hosts meanwhile.`,
  stopped: (reason) => `The operator of this server has stopped this room: ${reason}`,
  quarantine:
    'This room made its studio fail several times, so it runs apart for a while: its speakers hear each other, here music plays.',
  ended: (when) =>
    when === undefined
      ? 'It has ended. Listen again from the beginning.'
      : `Ended ${when}. Listen again from the beginning.`,
  doorsOpen: 'The doors are open. Music until it begins: you will hear it start.',
  onBreak: 'A short break. Music until it resumes.',
  studioAway: 'No news from the studio for a moment; music until it is back.',
  silence: {
    'nobody-on-stage': 'nobody is on stage',
    'all-muted': 'everyone is muted',
    'no-packets': 'no sound is arriving from the stage',
    encoder: 'our encoder has failed',
    quiet: 'the microphones are on, but quiet',
  },
  musicBecause: (cause) => `Music for a moment: ${cause}.`,
  silentBecause: (cause) => `Silence on stage: ${cause}. We have told them.`,
  musicEmpty: 'A short break. Music until it resumes.',
  textOnly:
    'More people are here than our connection can carry. You can read here what is happening; sound may come half a minute late, or not at all.',
  busy: 'Live, a few seconds behind because many people are here.',
  live: 'Live, about a second behind.',
  with: (hosts) => `with ${hosts}`,
  clocks: {
    scheduled: 'Scheduled',
    opened: 'Doors opened',
    firstAudio: 'First sound',
    firstSpeech: 'First words',
    ended: 'Ended',
  },
  listen: 'Listen',
  replay: 'Play the replay',
  calendar: 'Add to your calendar',
  remindMe: 'Remind me',
  homeTitle: 'Live rooms, within earshot',
  homeLead: 'A few people talk. Everyone who comes hears them.',
  homeAbout: 'Earshot: live audio rooms',
  on: 'On now',
  coming: 'Coming up',
  over: 'Earlier conversations',
  nothing: 'Nothing is on yet. Start a room and send its address to anyone: a browser is all they need.',
  start: 'Start a room',
  what: 'What is it about?',
  name: 'Your name',
  when: 'When',
  whenHint: 'Leave empty to open the doors now.',
  zone: 'Time zone',
  who: 'Who may come',
  access: {
    public: 'Everybody',
    unlisted: 'Whoever has the address',
    private: 'Only whoever is let in',
  },
  password: 'Password, for a room to which only some are let in',
  passwordHint:
    '6 to 200 characters. You may leave it empty, and let people in by a link or by their account in the studio.',
  draft: 'Save as a draft',
  draftHint: 'Only its hosts see the room until they announce it in the studio.',
  operator: 'The operator’s link, if this server asks for it',
  operatorHint:
    'Not needed on the machine that runs this server. Elsewhere, ask the person who runs it: <code>earshot operator link</code> prints it.',
  welcome: 'Welcome to Earshot',
  studio: (title) => `Studio: ${title}`,
  studioAbout: 'For the people on stage.',
  studioPlain: (link) =>
    `Speaking needs a browser with scripts on. Listening does not: <a href="${link}">go to the room</a>.`,
  missingTitle: 'Nothing is here',
  missingAbout: 'No room has this address.',
  missing: 'Nothing is at this address',
  missingWay:
    'Rooms keep their address for ever, so this one was probably mistyped. <a href="/">See what is on now</a>.',
  card: 'A theatre seen from above: rows of seats around a stage',
  operate: 'Operating this server',
  operateAbout:
    'What every process of this server is doing; and, for its operator, what waits for a decision.',
  operatePlain:
    'Stopping rooms, and the statements that wait, need scripts on this page; earshot room stop does the first on the command line.',
  verifyTitle: 'Check the figures of a room',
  verifyAbout: 'Checks a bundle of audience figures in your browser: nothing is sent anywhere.',
  verifyPlain:
    'The check runs in your browser and needs scripts. Without them, the command line does the same:',
  privacy: 'What is kept about you',
  incidents: 'What went wrong here',
  account: 'Your account',
  signIn: 'Sign in',
  posts: 'Posts',
  postsHere: 'Newest posts here',
  postsFollowed: 'Posts of those you follow',
  ways: {
    ...{ following: 'Following', here: 'Posts here', search: 'Search' },
    ...{ notifications: 'Notifications', settings: 'Settings' },
  },
  hostErased: 'A host of this room has erased their account, and their name here with it.',
  numbers: 'Its numbers',
  said: 'What was said about its audience',
  report: 'Report something',
  verifyLink: 'Check figures yourself',
  checkNumber: 'Check a number somebody said',
  feed: 'RSS feed',
  embedRoom: 'Open the room',
  qr: 'QR code',
  embedMore: 'The line for live places, and what is happening in words: on the room’s page',
  feedTitle: (server) => `Rooms on ${server}`,
  feedAbout: 'Live audio rooms: what is on, what comes, and recordings.',
};

const french: PlainWords = {
  language: 'fr',
  starts: (when) => `Commence ${when}.`,
  notOpen: 'Pas encore ouvert.',
  calledOff: 'Cette conversation a été annulée.',
  hostSays: (reason) => `L’hôte dit : « ${reason} »`,
  moved: (from) => `Déplacée : prévue d’abord ${from}.`,
  continues: (room) => `Suite de ${room}.`,
  continuedBy: (room) => `La conversation continue dans ${room}.`,
  hostGone: (when, name) =>
    name === undefined
      ? `La connexion de l’hôte s’est interrompue : ${when}. La salle reste ouverte.`
      : `La connexion de l’hôte s’est interrompue : ${when}. ${name} anime la salle en attendant.`,
  stopped: (reason) => `L’exploitant de ce serveur a arrêté cette salle : ${reason}`,
  quarantine:
    'Cette salle a fait échouer son studio plusieurs fois ; elle tourne à part pour un moment : les intervenants s’entendent, ici passe de la musique.',
  ended: (when) =>
    when === undefined
      ? 'C’est terminé. Réécoutez depuis le début.'
      : `Terminé ${when}. Réécoutez depuis le début.`,
  doorsOpen: 'Les portes sont ouvertes. De la musique jusqu’au début : vous l’entendrez commencer.',
  onBreak: 'Une courte pause. De la musique jusqu’à la reprise.',
  studioAway: 'Pas de nouvelles du studio pour un instant ; de la musique en attendant.',
  silence: {
    'nobody-on-stage': 'il n’y a personne sur scène',
    'all-muted': 'tous les micros sont coupés',
    'no-packets': 'aucun son n’arrive de la scène',
    encoder: 'notre encodeur s’est arrêté',
    quiet: 'les micros sont ouverts, mais silencieux',
  },
  musicBecause: (cause) => `De la musique un instant : ${cause}.`,
  silentBecause: (cause) => `Silence sur scène : ${cause}. Nous les avons prévenus.`,
  musicEmpty: 'Une courte pause. De la musique jusqu’à la reprise.',
  textOnly:
    'Il y a plus de monde que nos lignes n’en portent. Ce qui se passe peut se lire ici ; le son peut tarder d’une demi-minute, ou manquer.',
  busy: 'En direct. Il y a du monde : le son arrive avec quelques secondes de décalage.',
  live: 'En direct, avec environ une seconde de décalage.',
  with: (hosts) => `avec ${hosts}`,
  clocks: {
    scheduled: 'Prévu',
    opened: 'Ouverture des portes',
    firstAudio: 'Premier son',
    firstSpeech: 'Premiers mots',
    ended: 'Fin',
  },
  listen: 'Écouter',
  replay: 'Réécouter',
  calendar: 'Ajouter à l’agenda',
  remindMe: 'Me le rappeler',
  homeTitle: 'Des salles que tout le monde entend',
  homeLead: 'Quelques personnes parlent. Toutes celles qui viennent les entendent.',
  homeAbout: 'Earshot : des salles audio en direct',
  on: 'En ce moment',
  coming: 'À venir',
  over: 'Conversations passées',
  nothing:
    'Rien à l’antenne pour l’instant. Ouvrez une salle et envoyez son adresse : un navigateur suffit pour écouter.',
  start: 'Ouvrir une salle',
  what: 'De quoi s’agit-il ?',
  name: 'Votre nom',
  when: 'Quand',
  whenHint: 'Laissez vide pour ouvrir les portes maintenant.',
  zone: 'Fuseau horaire',
  who: 'Qui peut venir',
  access: {
    public: 'Tout le monde',
    unlisted: 'Toute personne qui a l’adresse',
    private: 'Seulement les personnes admises',
  },
  password: 'Mot de passe, pour une salle où n’entrent que les personnes admises',
  passwordHint:
    'De 6 à 200 caractères. Vous pouvez le laisser vide et faire entrer par un lien ou par leur compte, dans le studio.',
  draft: 'Enregistrer comme brouillon',
  draftHint: 'Seuls ses hôtes voient la salle, jusqu’à ce qu’ils l’annoncent dans le studio.',
  operator: 'Le lien de l’exploitant, si ce serveur le demande',
  operatorHint:
    'Inutile sur la machine qui fait tourner ce serveur. Ailleurs, demandez-le à la personne qui le gère : <code>earshot operator link</code> l’affiche.',
  welcome: 'Bienvenue sur Earshot',
  studio: (title) => `Studio : ${title}`,
  studioAbout: 'Pour les personnes sur scène.',
  studioPlain: (link) =>
    `Pour parler, il faut un navigateur avec scripts. Pour écouter, non : <a href="${link}">aller à la salle</a>.`,
  missingTitle: 'Il n’y a rien ici',
  missingAbout: 'Aucune salle n’a cette adresse.',
  missing: 'Il n’y a rien à cette adresse',
  missingWay:
    'Les salles gardent leur adresse pour toujours : elle a sans doute été mal recopiée. <a href="/">Voir ce qui est à l’antenne</a>.',
  card: 'Un théâtre vu d’en haut : des rangées de sièges autour d’une scène',
  operate: 'La conduite de ce serveur',
  operateAbout:
    'Ce que fait chaque processus de ce serveur ; et, pour son exploitant, ce qui attend une décision.',
  operatePlain:
    'Arrêter une salle et voir les déclarations en attente demandent des scripts sur cette page ; earshot room stop fait la première chose en ligne de commande.',
  verifyTitle: 'Vérifier les chiffres d’une salle',
  verifyAbout: 'Vérifie un dossier de preuves d’audience dans votre navigateur : rien n’est envoyé.',
  verifyPlain:
    'La vérification se fait dans votre navigateur, avec un script. Sans lui, la ligne de commande fait de même :',
  privacy: 'Ce qui est gardé de vous',
  incidents: 'Ce qui s’est mal passé ici',
  account: 'Votre compte',
  signIn: 'Se connecter',
  posts: 'Publications',
  postsHere: 'Dernières publications ici',
  postsFollowed: 'Publications des personnes que vous suivez',
  ways: {
    ...{ following: 'Abonnements', here: 'Publications d’ici', search: 'Rechercher' },
    ...{ notifications: 'Notifications', settings: 'Réglages' },
  },
  hostErased: 'Un hôte de cette salle a effacé son compte, et avec lui son nom ici.',
  numbers: 'Ses chiffres',
  said: 'Ce qui a été dit de son public',
  report: 'Signaler quelque chose',
  verifyLink: 'Vérifier des chiffres vous-même',
  checkNumber: 'Vérifier un nombre annoncé',
  feed: 'Flux RSS',
  embedRoom: 'Ouvrir la salle',
  qr: 'Code QR',
  embedMore: 'La file pour une place en direct, et ce qui se passe en mots : sur la page de la salle',
  feedTitle: (server) => `Les salles de ${server}`,
  feedAbout: 'Salles audio en direct : ce qui se passe, ce qui vient, et les enregistrements.',
};

/** The texts of the pages in a language. */
export const plainWords = (language: PageLanguage): PlainWords => (language === 'fr' ? french : english);
