import { COMPLETE_SHARE, LEAST_HOSTILE } from '../finding.ts';
import type { Incident } from '../incident.ts';

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

/** Words for an attack; `DoS` counts only as it is written, for `dos` is a back in French. */
const ATTACK =
  /\b(?:ddos(?:ed|ing)?(?:[ -]attack\w*)?|denial[- ]of[- ]service(?:[ -]attack\w*)?|d[ée]ni de service|attack(?:s|ed|ers?|ing)?|attaqu\w*|hack(?:ed|ers?|ing)?|botnets?|sabotag\w*)\b/gi;
/** Stands directly before such a word and denies it: `no`, `not a`, `no sign of an`, `not under`, `pas d’`, `aucune`. */
const DENIAL =
  /\b(?:(?:no|not|never|without|isn[’']t|wasn[’']t|weren[’']t|aren[’']t)(?:\s+(?:an?|any|under|been|being|(?:evidence|signs?|traces?)\s+of))*\s+|(?:pas|aucune?|sans|jamais)(?:\s+(?:une?|sous|été|de|(?:signe|trace)\s+d[’']\s*(?:une)?)|\s+d[’'](?:une\s)?|\s+l[’'])*\s*)$/i;

/** True for a text with a sentence that says that there is an attack. */
export const saysAttack = (text: string): boolean =>
  text
    .replace(/\bDoS\b/g, 'ddos')
    .split(/[.!?;\n]+/)
    .some((sentence) =>
      [...sentence.matchAll(ATTACK)].some(({ index }) => !DENIAL.test(sentence.slice(0, index))),
    );

/** What the measurements say to a statement that there was an attack. */
export type AttackAnswer = 'contradicted' | 'not-supported' | 'in-part' | 'supported';

/** What a finding says to it; requests that are not known, or that leave room for an attack, contradict nothing. */
export function answerToAttack({
  label,
  caused,
  hostile: { cost, requests: asked },
  requests,
}: Pick<Incident, 'label' | 'caused' | 'hostile' | 'requests'>): AttackAnswer {
  if (label === 'ATTACK') return 'supported';
  if (label === 'MIXED') return 'in-part';
  const known = cost.share !== null && asked.share !== null && (requests?.complete ?? 0) >= COMPLETE_SHARE;
  const excluded = known && Math.max(cost.high, asked.high) < LEAST_HOSTILE;
  return caused === false || excluded ? 'contradicted' : 'not-supported';
}
