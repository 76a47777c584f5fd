/** What each reason is told with. Shares are 0 to 1. */
export interface ReasonValues {
  'flow-unknown': Record<never, never>;
  flow: { readonly people: number; readonly bare: number };
  rate: { readonly beyond: number };
  logins: { readonly share: number };
  'nobody-told-to-wait': Record<never, never>;
  manners: { readonly share: number };
  'nothing-before': Record<never, never>;
  novelty: { readonly share: number; readonly minutes: number };
  'no-rise': Record<never, never>;
  'no-shape': Record<never, never>;
  'on-and-off': { readonly times: number };
  shape: { readonly seconds: number; readonly share: number };
  resemblance: { readonly share: number; readonly path?: string };
  syntax: { readonly share: number };
  'no-baseline': Record<never, never>;
  baseline: { readonly times: number; readonly days: number; readonly rate: number };
  people: { readonly share: number };
  'no-harm': Record<never, never>;
  'fault-usual': Record<never, never>;
  'fault-served-before': Record<never, never>;
  'fault-served-after': Record<never, never>;
  'fault-exceptions': Record<never, never>;
}
/** What a reason is. */
export type ReasonCode = keyof ReasonValues;

/** One kind of feature. */
export type FamilyName =
  | 'flow'
  | 'rate'
  | 'manners'
  | 'novelty'
  | 'shape'
  | 'resemblance'
  | 'syntax'
  | 'baseline';

/** A reason by its code and numbers, so that any language can say it; `family`: which kind of feature says so. */
export type Reason = {
  readonly [Code in ReasonCode]: {
    readonly code: Code;
    readonly values: ReasonValues[Code];
    readonly family?: FamilyName;
  };
}[ReasonCode];

/** How one language says it. */
export interface ReasonWords {
  readonly families: Readonly<Record<FamilyName, string>>;
  readonly says: Readonly<Record<'attack' | 'crowd' | 'both' | 'nothing', string>>;
  /** Between what it is about and what is said. */
  readonly colon: string;
  readonly texts: { readonly [Code in ReasonCode]: (values: ReasonValues[Code]) => string };
}
