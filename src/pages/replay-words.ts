import type { PageLanguage } from '../base/negotiation.ts';
import { instant } from './sentence.ts';

/** Seconds as a clock: `0:05`, `12:04` or `1:02:03`. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** What pages say of chapters, clips and trims, without scripts. */
export interface ReplayWords {
  readonly chapters: string;
  readonly clips: string;
  readonly fromRoom: string;
  readonly wholeRoom: string;
  readonly download: string;
  readonly goneTitle: string;
  readonly gone: string;
  /** `length` of the clip, when it was `made`. */
  clipOf(length: string, made: string): string;
  /** A stretch that was left out; `note` is safe as HTML. */
  trimmed(trim: {
    readonly made: number;
    readonly length: string;
    readonly at: string;
    readonly note: string;
  }): string;
}

const english: ReplayWords = {
  chapters: 'Chapters',
  clips: 'Clips',
  fromRoom: 'Listen from this moment',
  wholeRoom: 'The whole conversation',
  download: 'Download the clip',
  goneTitle: 'This clip is gone',
  gone: 'It was removed, or what it was of is no longer in the recording.',
  clipOf: (length, made) => `A clip of ${length}, made ${made}.`,
  trimmed: ({ made, length, at, note }) =>
    `Trimmed by the host on ${instant(made, 'en')}: ${length} removed at ${at}: ${note}`,
};

const french: ReplayWords = {
  chapters: 'Chapitres',
  clips: 'Extraits',
  fromRoom: 'Écouter à partir de ce moment',
  wholeRoom: 'Toute la conversation',
  download: 'Télécharger l’extrait',
  goneTitle: 'Cet extrait n’est plus là',
  gone: 'Il a été retiré, ou ce dont il était tiré n’est plus dans l’enregistrement.',
  clipOf: (length, made) => `Un extrait de ${length}, fait ${made}.`,
  trimmed: ({ made, length, at, note }) =>
    `Coupé par l’hôte le ${instant(made, 'fr')} : ${length} en moins à ${at} : ${note}`,
};

/** The words in a language. */
export const replayWords = (language: PageLanguage): ReplayWords => (language === 'fr' ? french : english);
