/**
 * The format of a database URL; the group `file` is set for SQLite. What follows the scheme is checked when the
 * database is opened.
 */
export const DATABASE = /^sqlite:(?<file>.+)$|^postgres(?:ql)?:\/\/./;

/** The formats that a database URL may have, as advice for the operator. */
export const DATABASE_FORMS = 'use sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME';
