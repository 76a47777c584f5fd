/** A database as people name it; `file` is set for SQLite. What follows the scheme is looked at when it is opened. */
export const DATABASE = /^sqlite:(?<file>.+)$|^postgres(?:ql)?:\/\/./;

/** What to say to everything else. */
export const DATABASE_FORMS = 'use sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME';
