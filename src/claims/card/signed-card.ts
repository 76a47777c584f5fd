import type { KeyObject } from 'node:crypto';
import {
  type Checked,
  canonical,
  checkSignature,
  type Json,
  type Signature,
  signatureOf,
} from '../../journal/index.ts';
import { type MetricId, metricOf } from '../../wire/metrics.ts';
import type { ClaimVerdict, VerdictName } from '../check.ts';
import type { SumComponent } from '../sum.ts';

const CONTEXT = 'earshot claim card 1\n';

/** The content of a card, which is what is signed. */
export interface CardBody {
  readonly v: 1;
  readonly kind: 'earshot-claim-card';
  readonly room: string;
  readonly title: string;
  /** The sentence of an attached claim; of a check, the number with its bound and noun as they were understood. */
  readonly said: string;
  readonly verdict: VerdictName;
  readonly number: number;
  readonly metric?: MetricId;
  readonly value?: number;
  readonly unit?: string;
  readonly entry?: number;
  /** Wall-clock ms of the minute that it is about. */
  readonly minute?: number;
  readonly components?: readonly SumComponent[];
  /** The definition by which the figure is counted. */
  readonly definition?: { readonly id: MetricId; readonly version: number; readonly rule: string };
  /** Wall-clock ms when it was checked. */
  readonly checked: number;
  /** A later correction of the claim, which outranks it. */
  readonly correction?: string;
}

/** A card with its signature. */
export interface SignedCard extends CardBody {
  readonly signature: Signature;
}

/** The facts that a card shows. */
export interface CardFacts {
  readonly title: string;
  readonly said: string;
  /** Wall-clock ms. */
  readonly checked: number;
  readonly correction?: string;
}

/** Signs a card. */
export function signCard(found: ClaimVerdict, facts: CardFacts, key: KeyObject): SignedCard {
  const { metric, value, unit, entry, at, components } = found;
  const rule = metric === undefined ? undefined : metricOf(metric);
  const body: CardBody = {
    ...{ v: 1, kind: 'earshot-claim-card', room: found.room, ...facts },
    ...{ verdict: found.verdict, number: found.number },
    ...(metric === undefined ? {} : { metric }),
    ...(value === undefined ? {} : { value }),
    ...(unit === undefined ? {} : { unit }),
    ...(entry === undefined ? {} : { entry }),
    ...(at === undefined ? {} : { minute: at }),
    ...(components ? { components } : {}),
    ...(rule ? { definition: { id: rule.id as MetricId, version: rule.version, rule: rule.rule } } : {}),
  };
  return { ...body, signature: signatureOf(CONTEXT, body, key) };
}

/** The card as the text that `checkCard` reads. */
export const cardText = (card: SignedCard): string => canonical(card as unknown as Json);

/**
 * Checks whether a card, given as JSON or as the SVG that contains it, is unchanged since it was signed. `key`: the
 * public key to check against.
 */
export function checkCard(text: string): Checked<SignedCard> {
  const inside = /<metadata>([\s\S]*)<\/metadata>/.exec(text)?.[1];
  const json = inside?.replace(
    /&(lt|gt|amp);/g,
    (_, name: string) => ({ lt: '<', gt: '>', amp: '&' })[name] ?? '',
  );
  return checkSignature<SignedCard>(
    CONTEXT,
    json ?? text,
    ({ v, kind }) => v === 1 && kind === 'earshot-claim-card',
    'this is no card of a claim',
  );
}
