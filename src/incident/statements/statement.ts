import type { IncidentLabel } from '../incident.ts';

/** What somebody said while an incident lasted: quoted as theirs, and never taken for a measurement. */
export interface IncidentStatement {
  /** Wall-clock ms of its first wording. */
  readonly at: number;
  readonly kind: 'note' | 'claim';
  /** `operator`, `host`, `stranger`, or another name that an author of claims may have. */
  readonly author: string;
  readonly room?: string;
  /** As it reads now: a correction stands in the place of what it corrects. */
  readonly text: string;
  /** Wordings that a correction has replaced, newest first. */
  readonly before: readonly { readonly at: number; readonly text: string }[];
  /** What the figures said to it when it was written, where it has a number. */
  readonly verdict?: string;
  /** Disputes and answers, oldest first. */
  readonly replies: readonly {
    readonly kind: 'dispute' | 'answer';
    readonly at: number;
    readonly author: string;
    readonly text: string;
  }[];
}

const ATTACK =
  /\b(?:d+o+s(?:ed|ing)?|denial[- ]of[- ]service|d[ée]ni de service|attack(?:s|ed|ers?|ing)?|attaqu\w*|hack(?:ed|ers?|ing)?|pirat[ée]\w*|botnets?|sabotag\w*)\b/i;
/** `no attack`, `not a DDoS`, `pas une attaque`: such a sentence does not say that there is one. */
const DENIED =
  /\b(?:no|not|never|without|isn[’']t|wasn[’']t|aucune?|pas|sans|jamais)\b[^.!?]{0,24}\b(?:d+o+s|denial|d[ée]ni|attack|attaqu|hack|pirat)/i;

/** True for a text that says that there is an attack. */
export const saysAttack = (text: string): boolean => ATTACK.test(text) && !DENIED.test(text);

/** What the measurements say to a statement that there was an attack. */
export type AttackAnswer = 'contradicted' | 'not-supported' | 'in-part' | 'supported';

/** What a finding says to it. */
export function answerToAttack(label: IncidentLabel): AttackAnswer {
  if (label === 'ATTACK') return 'supported';
  if (label === 'MIXED') return 'in-part';
  return label === 'UNDETERMINED' ? 'not-supported' : 'contradicted';
}
