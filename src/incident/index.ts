/** Incidents: what went wrong, noticed by measurement, written down while it lasts, and published. Nobody waits for it. */
export { incidentPaths } from './desk/described.ts';
export type { DeskDeps } from './desk/desk-asking.ts';
export { openDesk } from './desk/desk-routes.ts';
export {
  type DeskWish,
  type IncidentOutline,
  MOST_ACCOUNT,
  MOST_INCIDENT_NOTE,
  MOST_LISTED,
  MOST_TITLE,
} from './desk/desk-wish.ts';
export type { Dossier } from './dossier.ts';
export type { Incident, IncidentAuthor } from './incident.ts';
export { type RequestBundleHead, readBundleHead, verdictOfBundle } from './incident-verdict.ts';
export { type Incidents, type IncidentsDeps, open } from './open.ts';
export type { ProcessNews } from './sign-watch.ts';
export { type IncidentStatement, saysAttack } from './statements/statement.ts';
export { webhookSignature } from './webhook/webhooks.ts';
