import { createTransport } from 'nodemailer';

/** One mail as it goes out: plain text. */
export interface Letter {
  /** Stays the same when it is sent again after a crash, so that a server can tell. Spec: RFC 5322, 3.6.4. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** How long a server may take to answer. */
const WAIT_MS = 10_000;

/**
 * Sends mails through one SMTP server: `smtp://` begins in the clear and uses STARTTLS where the server has it,
 * `smtps://` is TLS from the beginning. Spec: RFC 5321; RFC 8314.
 */
export function openSmtp(url: string, from: string): { send(letter: Letter): Promise<void>; close(): void } {
  const transport = createTransport({
    ...{ url, connectionTimeout: WAIT_MS, greetingTimeout: WAIT_MS, socketTimeout: WAIT_MS },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return {
    async send({ id, to, subject, text }) {
      // As an object: an address in a text would be parsed.
      await transport.sendMail({
        ...{ from, to: { name: '', address: to }, subject, text },
        messageId: `<${id}@${from.split('@').at(-1)}>`,
        headers: { 'auto-submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
}
