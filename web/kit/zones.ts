import { allZones, zoneNamed } from '../../src/wire/zones/time-zone.ts';
import { element } from './element.ts';

/** The zone of this device, by the name that is kept. */
export const ownZone = (): string => zoneNamed(new Intl.DateTimeFormat().resolvedOptions().timeZone) ?? 'UTC';

/** All zones of this browser, and `more` where it does not list it. */
export function zoneNames(more: string): string[] {
  const zones = allZones();
  return zones.includes(more) ? zones : [more, ...zones];
}

/** A choice of a zone, on `chosen`. */
export function zoneChoice(chosen: string): HTMLSelectElement {
  const choice = element(
    'select',
    { name: 'zone' },
    ...zoneNames(chosen).map((zone) => element('option', { value: zone }, zone.replaceAll('_', ' '))),
  );
  choice.value = chosen;
  return choice;
}
