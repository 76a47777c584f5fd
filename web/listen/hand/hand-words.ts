import type { HandTrouble } from '../../../src/wire/stage/hands.ts';
import type { Language } from '../../kit/words.ts';

const english = {
  title: 'Speak in this room',
  offer: 'Raise a hand',
  name: 'Your name, as everyone will read it',
  topic: 'What do you want to say or ask? (optional)',
  hint: 'The hosts read your name and this. Nobody hears you until a host calls you and you allow the microphone.',
  send: 'Raise my hand',
  sending: 'Raising…',
  cancel: 'Not now',
  up: (place: number | undefined, up: number) =>
    place === undefined
      ? 'Your hand is up.'
      : place === 1
        ? 'Your hand is up: you are the next one.'
        : `Your hand is up: ${place - 1} ahead of you, ${up} in all.`,
  stay: 'Stay on this page and go on listening. When a host calls you, you speak here.',
  lower: 'Lower my hand',
  coming: 'A host calls you. Allow the microphone when your browser asks.',
  connecting: 'A host calls you. Connecting you to the stage…',
  onStage: 'You are on stage: everyone hears you.',
  checked: 'The hosts hear you, the audience does not yet.',
  muted: 'You are on stage, and your microphone is off.',
  forced: 'A host turned your microphone off.',
  lost: 'The connection to the stage was lost. Reconnecting…',
  mute: 'Turn my microphone off',
  unmute: 'Turn my microphone on',
  leave: 'Leave the stage',
  leaving: 'Back to the program: it begins where you left the stage.',
  listening: 'A host moved you back to the listeners. They can call you again.',
  lowered: 'Your hand is down.',
  declined: 'A host declined for now.',
  banned: 'A host has banned you from the stage of this room. You can go on listening.',
  word: 'They wrote:',
  again: 'Raise it again',
  return: 'Return to the stage',
  returnHint: 'Your place on stage is kept for a minute.',
  elsewhere: 'You are on stage in another tab or window of this browser.',
  speakHere: 'Speak here instead',
  blocked: 'Your browser holds the sound back.',
  play: 'Hear the stage',
  askUnmute: 'A host asks you to speak.',
  trouble: {
    denied:
      'This page may not use your microphone. Open the site settings beside the address, set Microphone to Allow, then a host can call you again. They have been told.',
    none: 'No microphone was found. Plug one in; a host can call you again. They have been told.',
    busy: 'Another program uses your microphone. Close it; a host can call you again. They have been told.',
    insecure:
      'Browsers only give a microphone to pages opened over https. Open the https address. The hosts have been told.',
    failed: 'The microphone did not start. A host can call you again. They have been told.',
    silent: 'A host called you and had no answer. Your hand is still up.',
  } as Readonly<Record<HandTrouble, string>>,
  failed: {
    'hands-closed': 'Only invited people speak in this room.',
    'hands-full': 'As many hands are up as the room takes. Trying again by itself…',
    'too-often': 'Very many hands go up at once. Trying again by itself…',
    crowded: 'Very many people ask something at once. Trying again by itself…',
    'stage-full': 'The stage is full at the moment.',
    'room-not-open': 'The room is not open.',
  } as Readonly<Record<string, string>>,
  unreachable: 'The server did not answer. Trying again by itself…',
  rule: (rule: string) =>
    `What you wrote breaks the rule “\u2068${rule}\u2069” of this room or server. Write it differently.`,
  nameWrong: 'A name has 1 to 60 characters, one of them visible, and letters of one alphabet in each word.',
  topicWrong: 'What you want to say has up to 140 characters.',
  notRaised: 'The server did not take your hand. Try again later.',
};

/** The texts of the card of a raised hand. */
export type HandWords = typeof english;

const french: HandWords = {
  title: 'Parler dans cette salle',
  offer: 'Lever la main',
  name: 'Votre nom, tel que tout le monde le lira',
  topic: 'Que voulez-vous dire ou demander ? (facultatif)',
  hint: 'Les hôtes lisent votre nom et ceci. Personne ne vous entend avant qu’un hôte vous appelle et que vous autorisiez le microphone.',
  send: 'Lever ma main',
  sending: 'Un instant…',
  cancel: 'Pas maintenant',
  up: (place, up) =>
    place === undefined
      ? 'Votre main est levée.'
      : place === 1
        ? 'Votre main est levée : c’est bientôt votre tour.'
        : `Votre main est levée : ${place - 1} avant vous, ${up} en tout.`,
  stay: 'Restez sur cette page et continuez d’écouter. Quand un hôte vous appelle, vous parlez ici.',
  lower: 'Baisser ma main',
  coming: 'Un hôte vous appelle. Autorisez le microphone quand votre navigateur le demande.',
  connecting: 'Un hôte vous appelle. Connexion à la scène…',
  onStage: 'Vous êtes sur scène : tout le monde vous entend.',
  checked: 'Les hôtes vous entendent, le public pas encore.',
  muted: 'Vous êtes sur scène, votre microphone est coupé.',
  forced: 'Un hôte a coupé votre microphone.',
  lost: 'La connexion à la scène est perdue. Reconnexion…',
  mute: 'Couper mon microphone',
  unmute: 'Ouvrir mon microphone',
  leave: 'Quitter la scène',
  leaving: 'Retour au programme : il reprend là où vous avez quitté la scène.',
  listening: 'Un hôte vous a renvoyé dans le public. Il peut vous rappeler.',
  lowered: 'Votre main est baissée.',
  declined: 'Un hôte a refusé pour l’instant.',
  banned: 'Un hôte vous a banni de la scène de cette salle. Vous pouvez continuer d’écouter.',
  word: 'Son message :',
  again: 'La lever de nouveau',
  return: 'Revenir sur scène',
  returnHint: 'Votre place sur scène est gardée une minute.',
  elsewhere: 'Vous êtes sur scène dans un autre onglet ou une autre fenêtre de ce navigateur.',
  speakHere: 'Parler plutôt ici',
  blocked: 'Votre navigateur retient le son.',
  play: 'Écouter la scène',
  askUnmute: 'Un hôte vous invite à parler.',
  trouble: {
    denied:
      'Cette page ne peut pas utiliser votre microphone. Ouvrez les réglages du site près de l’adresse, autorisez le microphone, puis un hôte pourra vous rappeler. Les hôtes le savent.',
    none: 'Aucun microphone trouvé. Branchez-en un ; un hôte pourra vous rappeler. Les hôtes le savent.',
    busy: 'Un autre programme utilise votre microphone. Fermez-le ; un hôte pourra vous rappeler. Les hôtes le savent.',
    insecure:
      'Les navigateurs ne donnent le microphone qu’aux pages ouvertes en https. Ouvrez l’adresse https. Les hôtes le savent.',
    failed: 'Le microphone n’a pas démarré. Un hôte pourra vous rappeler. Les hôtes le savent.',
    silent: 'Un hôte vous a appelé sans réponse. Votre main est toujours levée.',
  },
  failed: {
    'hands-closed': 'Seules les personnes invitées parlent dans cette salle.',
    'hands-full': 'La salle ne prend pas plus de mains levées. Nouvel essai automatique…',
    'too-often': 'Beaucoup de mains se lèvent en même temps. Nouvel essai automatique…',
    crowded: 'Beaucoup de demandes arrivent en même temps. Nouvel essai automatique…',
    'stage-full': 'La scène est pleine pour le moment.',
    'room-not-open': 'La salle n’est pas ouverte.',
  },
  unreachable: 'Le serveur n’a pas répondu. Nouvel essai automatique…',
  rule: (rule) =>
    `Ce que vous avez écrit enfreint la règle « \u2068${rule}\u2069 » de cette salle ou du serveur. Écrivez-le autrement.`,
  nameWrong:
    'Un nom a de 1 à 60 caractères, dont un visible, et dans chaque mot les lettres d’un seul alphabet.',
  topicWrong: 'Ce que vous voulez dire a 140 caractères au plus.',
  notRaised: 'Le serveur n’a pas pris votre main. Réessayez plus tard.',
};

/** The texts in a language. */
export const handWords = (language: Language): HandWords => (language === 'fr' ? french : english);
