import { createTransport } from 'nodemailer';

/** One mail as it goes out: plain text. */
export interface Letter {
  /** Stays the same when it is sent again after a crash, so that a server can tell. Spec: RFC 5322, 3.6.4. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Where one press ends mails of this kind. Spec: RFC 2369; RFC 8058. */
  readonly leave?: string;
}

/** How long a server may take to answer. */
const WAIT_MS = 10_000;

/**
 * Sends mails through one SMTP server: `smtp://` begins in the clear and uses STARTTLS where the server has it,
 * `smtps://` is TLS from the beginning. Spec: RFC 5321; RFC 8314.
 */
export function openSmtp(
  url: string,
  from: string,
  /** Connections that are kept open; absent: each mail has its own. */
  kept?: number,
): { send(letter: Letter): Promise<void>; close(): void } {
  const transport = createTransport({
    ...{ url, connectionTimeout: WAIT_MS, greetingTimeout: WAIT_MS, socketTimeout: WAIT_MS },
    ...{ disableFileAccess: true, disableUrlAccess: true },
    ...(kept === undefined ? {} : { pool: true, maxConnections: kept }),
  });
  return {
    async send({ id, to, subject, text, leave }) {
      // As an object: an address in a text would be parsed.
      await transport.sendMail({
        ...{ from, to: { name: '', address: to }, subject, text },
        messageId: `<${id}@${from.split('@').at(-1)}>`,
        headers: {
          'auto-submitted': 'auto-generated',
          ...(leave === undefined
            ? {}
            : { 'list-unsubscribe': `<${leave}>`, 'list-unsubscribe-post': 'List-Unsubscribe=One-Click' }),
        },
      });
    },
    close: () => transport.close(),
  };
}
