import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Manifest } from './page-shell.ts';
import type { PlainWords } from './plain-words.ts';

/** The parts of the page that checks bundles, as text. */
export interface VerifyFiles {
  /** The verifier exactly as it is published. */
  readonly verifier: string;
  readonly script: string;
  readonly style: string;
}

/** Reads the parts of the page from the web build under `dist`; undefined where they are not built. */
export async function loadVerifyFiles(dist: string, manifest: Manifest): Promise<VerifyFiles | undefined> {
  const [entry, kit] = [manifest['web/verify/main.ts'], manifest['web/kit/style.css']];
  if (!entry || !kit) return undefined;
  const read = (file: string): Promise<string> => readFile(`${dist}/${file}`, 'utf8');
  const styles = await Promise.all([kit.file, ...(entry.css ?? [])].map(read));
  return { verifier: await read('verifier.js'), script: await read(entry.file), style: styles.join('\n') };
}

const hashed = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The content security policy of the page: it may run these scripts and nothing else, and may not contact anybody. A
 * saved page carries it as well. Spec: CSP 3, 2.3.1 (hash sources); frame-ancestors only counts in a header.
 */
export function verifyPolicy({ verifier, script, style }: VerifyFiles): string {
  return (
    `default-src 'none'; script-src ${hashed(verifier)} ${hashed(script)}; style-src ${hashed(style)}; ` +
    `font-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'`
  );
}

/**
 * The tags for the page's head. They contain everything that the page needs, so that it works when it is saved, and
 * without a network.
 */
export function verifyTags(files: VerifyFiles): string {
  const { verifier, script, style } = files;
  return [
    `<meta http-equiv="Content-Security-Policy" content="${verifyPolicy(files)}">`,
    `<style>${style}</style>`,
    // A classic script runs before the module, which waits for the page.
    `<script id="verifier">${verifier}</script>`,
    `<script type="module">${script}</script>`,
  ].join('\n');
}

/** The content of the page before its scripts run, or without them. */
export function verifyMain(words: PlainWords, built: boolean): string {
  const plain = `<p>${words.verifyPlain}</p><pre><code>bin/earshot verify BUNDLE</code></pre>`;
  return `<main class="verify page"><h1>${words.verifyTitle}</h1>
${built ? `<noscript>${plain}</noscript>` : plain}
</main>`;
}
