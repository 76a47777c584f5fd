import type { Unit } from '../wire/metrics.ts';

/**
 * A drawing for each unit, so that figures of unlike units look unlike: seats for sessions, a head and shoulders for
 * people, a tick for events, an ear for listens, a clock for seconds.
 */
const SHAPES: Readonly<Record<Unit, string>> = {
  sessions:
    '<path d="M3 17a9 9 0 0 1 18 0"/><path d="M7.5 17a4.5 4.5 0 0 1 9 0"/><circle cx="12" cy="17" r="1.4" fill="currentColor"/>',
  people: '<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0" stroke-dasharray="2.6 2"/>',
  events: '<path d="M5 20V4M10 20V9M15 20V6M20 20v-8"/>',
  listens: '<path d="M7 10a5 5 0 1 1 10 0c0 4-4 4.5-4 8a2.6 2.6 0 0 1-5 .8M10 10a2 2 0 1 1 4 0"/>',
  seconds: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.4 2"/>',
};

/** The shape of a unit as inline SVG. It is decoration: the unit is named in the text beside it. */
export const unitShape = (unit: Unit): string =>
  `<svg class="unit" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" aria-hidden="true">${SHAPES[unit]}</svg>`;
