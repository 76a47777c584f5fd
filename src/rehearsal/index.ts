/** The rehearsal: a crowd of real connections, a report, and a signed certificate. */

export { CONSENT_PATH, type Consent } from '../wire/rehearsal.ts';
export { type JoinDeps, join } from './machines/join.ts';
export { capacityOfProcess, openLocalMember, serveParent } from './machines/local-member.ts';
export { type Gathering, openGathering } from './machines/remote-member.ts';
export { type Curve, readCurve } from './order/curve.ts';
export type { Member } from './order/order.ts';
export {
  connectionsOf,
  open,
  type Rehearsal,
  type RehearsalDeps,
} from './rehearsal.ts';
export type { Outcome, Percentiles, RehearsalResult } from './report/outcome.ts';
export { reportPage } from './report/report-page.ts';
export {
  type CheckedCertificate,
  certificateText,
  certify,
  checkCertificate,
  newSigningKey,
  type RehearsalCertificate,
} from './report/signed-report.ts';
export type { TimelineRow } from './report/timeline.ts';
