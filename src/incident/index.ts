/** Incidents: what went wrong, noticed by measurement, written down while it lasts, and published. Nobody waits for it. */
export type { Incident } from './incident.ts';
export { type Incidents, type IncidentsDeps, open } from './open.ts';
export type { ProcessNews } from './sign-watch.ts';
