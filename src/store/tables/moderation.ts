import { type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Something that somebody told about a room. Who it was is not stored. */
export interface AbuseReportTable {
  /** UUIDv7. */
  id: string;
  /** By which whoever wrote it finds out what became of it. */
  number: string;
  /** The room's address. */
  room: string;
  /** What it is about: an AbuseSubject. */
  subject: string;
  /** The id of that person or clip. */
  target: string | null;
  target_name: string;
  /** An AbuseReason. */
  reason: string;
  words: string;
  /** Wall-clock ms of the moment that is meant. */
  moment: number;
  /** 1: for the operator alone. */
  operator_only: number;
  created: number;
  closed: number | null;
  /** What was done, a DecisionAct, or `dismiss`. */
  outcome: string | null;
}

/** Something that was decided about somebody or something, and how long it holds. */
export interface DecisionTable {
  id: string;
  /** The code in the address of the page on which it is told to those whom it concerns. */
  notice: string;
  /** A DecisionAct. */
  act: string;
  room: string | null;
  target: string | null;
  target_name: string;
  reason: string;
  /** `operator`, `host` or `co-host`. */
  by_role: string;
  since: number;
  until: number | null;
  lifted: number | null;
  /** JSON of what is needed to take it back. */
  detail: string;
  objection: string | null;
  objected: number | null;
  answer: string | null;
  /** The report that led to it. */
  report: string | null;
}

/** One line of what moderators did. Lines are added, and removed when they are too old: never changed. */
export interface AuditTable {
  id: string;
  at: number;
  /** The account's or speaker's id; `operator-link`, or `server` for what happened by itself. */
  actor: string;
  actor_name: string;
  actor_role: string;
  act: string;
  room: string | null;
  target: string | null;
  target_name: string;
  reason: string;
  until: number | null;
  report: string | null;
  decision: string | null;
}

/** One rule of a list of words. */
export interface BlockRuleTable {
  id: string;
  /** Empty: for the whole server. */
  room: string;
  name: string;
  pattern: string;
  created: number;
}

/** What the log lets go: filled and emptied in the one transaction that removes lines. */
export interface AuditRetentionTable {
  /** Wall-clock ms: lines before may be removed. */
  before: number;
}

/** The tables of moderation. */
export interface ModerationTables {
  moderation_report: AbuseReportTable;
  moderation_decision: DecisionTable;
  moderation_audit: AuditTable;
  moderation_audit_retention: AuditRetentionTable;
  moderation_block_rule: BlockRuleTable;
}

/** What the databases say when somebody tries. */
const UNCHANGED = 'lines of the log of moderators are never changed';
const KEPT = 'lines of the log of moderators are removed by its retention alone';

/** A line is never changed, and goes only when the retention says so: the database itself refuses everything else. */
const KEPT_ON_SQLITE = [
  `create trigger moderation_audit_unchanged before update on moderation_audit
    begin select raise(abort, '${UNCHANGED}'); end`,
  `create trigger moderation_audit_kept before delete on moderation_audit
    when old.at >= (select coalesce(max(before), 0) from moderation_audit_retention)
    begin select raise(abort, '${KEPT}'); end`,
];
const KEPT_ON_POSTGRES = [
  `create function moderation_audit_guard() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' then
        if old.at < (select coalesce(max(before), 0) from moderation_audit_retention) then return old; end if;
        raise exception '${KEPT}';
      end if;
      raise exception '${UNCHANGED}';
    end $$`,
  `create trigger moderation_audit_guard before update or delete on moderation_audit
    for each row execute function moderation_audit_guard()`,
  `create function moderation_audit_whole() returns trigger language plpgsql as $$
    begin raise exception '${KEPT}'; end $$`,
  `create trigger moderation_audit_whole before truncate on moderation_audit
    for each statement execute function moderation_audit_whole()`,
];

/** What creates them. */
export const moderationSteps: Record<string, Migration> = {
  '0060-moderation': {
    async up(db: Kysely<unknown>) {
      const table = (name: string) =>
        db.schema.createTable(name).addColumn('id', 'text', (c) => c.primaryKey());
      const index = (on: string, ...columns: string[]) =>
        db.schema
          .createIndex(`${on}_${columns.join('_')}`)
          .on(on)
          .columns(columns)
          .execute();
      await table('moderation_report')
        .addColumn('number', 'text', (c) => c.notNull().unique())
        .addColumn('room', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('target', 'text')
        .addColumn('target_name', 'text', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('words', 'text', (c) => c.notNull())
        .addColumn('moment', 'bigint', (c) => c.notNull())
        .addColumn('operator_only', 'integer', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('closed', 'bigint')
        .addColumn('outcome', 'text')
        .execute();
      await index('moderation_report', 'room', 'closed');
      await index('moderation_report', 'closed', 'created');
      await table('moderation_decision')
        .addColumn('notice', 'text', (c) => c.notNull().unique())
        .addColumn('act', 'text', (c) => c.notNull())
        .addColumn('room', 'text')
        .addColumn('target', 'text')
        .addColumn('target_name', 'text', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('by_role', 'text', (c) => c.notNull())
        .addColumn('since', 'bigint', (c) => c.notNull())
        .addColumn('until', 'bigint')
        .addColumn('lifted', 'bigint')
        .addColumn('detail', 'text', (c) => c.notNull())
        .addColumn('objection', 'text')
        .addColumn('objected', 'bigint')
        .addColumn('answer', 'text')
        .addColumn('report', 'text')
        .execute();
      await index('moderation_decision', 'target', 'act');
      await index('moderation_decision', 'room', 'lifted');
      await table('moderation_audit')
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('actor', 'text', (c) => c.notNull())
        .addColumn('actor_name', 'text', (c) => c.notNull())
        .addColumn('actor_role', 'text', (c) => c.notNull())
        .addColumn('act', 'text', (c) => c.notNull())
        .addColumn('room', 'text')
        .addColumn('target', 'text')
        .addColumn('target_name', 'text', (c) => c.notNull())
        .addColumn('reason', 'text', (c) => c.notNull())
        .addColumn('until', 'bigint')
        .addColumn('report', 'text')
        .addColumn('decision', 'text')
        .execute();
      await index('moderation_audit', 'at');
      await table('moderation_block_rule')
        .addColumn('room', 'text', (c) => c.notNull())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('pattern', 'text', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .execute();
      await index('moderation_block_rule', 'room');
    },
  },
  '0061-audit-kept': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('moderation_audit_retention')
        .addColumn('before', 'bigint', (c) => c.notNull())
        .execute();
      const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
      for (const statement of isPostgres ? KEPT_ON_POSTGRES : KEPT_ON_SQLITE)
        await sql.raw(statement).execute(db);
    },
  },
  // Who is suspended is asked with each list of posts.
  '0101-suspended': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createIndex('moderation_decision_act_lifted')
        .on('moderation_decision')
        .columns(['act', 'lifted'])
        .execute();
    },
  },
};
