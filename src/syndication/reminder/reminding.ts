import type { Outgoing } from '../../outgoing/index.ts';

/** A mail of a reminder, as it goes out. */
export interface ReminderLetter {
  /** Stays the same when it is sent again after a crash. Spec: RFC 5322, 3.6.4. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Where one press ends it. Spec: RFC 8058. */
  readonly leave: string;
}

/** How reminders leave this server, and how many there may be. */
export interface Reminding {
  readonly outgoing: Outgoing;
  /** Derived from the installation's secret: who this server is for push services. 32 bytes. */
  readonly vapidKey: Uint8Array;
  /** Under which rooms are named towards push services. 32 bytes. */
  readonly topicKey: Uint8Array;
  /** Whose endpoints are taken: names, and `.name` for all below; empty: nobody's. `*`: everybody's. */
  readonly services: readonly string[];
  /** Reminders that are kept at most, all rooms together. */
  readonly most: number;
  /** So many of those who are reminded may come in one second. */
  readonly perSecond: number;
  /** Sends a mail; absent: nobody is reminded by mail. Rejects with `responseCode` where a server refused. */
  mail?(letter: ReminderLetter): Promise<void>;
  /** The confirmed address of an account, while it has one. */
  mailOf?(account: string): Promise<string | undefined>;
}
