/** The rehearsal: a crowd of real connections, an honest report, a signed certificate. */

export { CONSENT_PATH, type Consent } from '../wire/rehearsal.ts';
export {
  type Certificate,
  type Checked,
  certificateText,
  certify,
  checkCertificate,
  newSigningKey,
} from './certificate.ts';
export { type Curve, readCurve } from './curve.ts';
export { type JoinDeps, join } from './join.ts';
export { capacityOfProcess, openLocalMember, serveParent } from './local-member.ts';
export type { Member } from './order.ts';
export type { Outcome, Percentiles } from './outcome.ts';
export {
  connectionsOf,
  open,
  type Rehearsal,
  type RehearsalDeps,
  type RehearsalResult,
} from './rehearsal.ts';
export { type Gathering, openGathering } from './remote-member.ts';
export { reportPage } from './report-page.ts';
export type { Row } from './timeline.ts';
