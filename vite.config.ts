import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the door serves: each entry is looked up by its path in `dist/.vite/manifest.json`. */
const entries = [
  'listen/main.ts',
  'studio/main.tsx',
  'numbers/main.ts',
  'verify/main.ts',
  'operate/main.ts',
  'kit/style.css',
  'kit/incidents.css',
  'kit/reference.css',
  'people/people.css',
  'people/passkeys.ts',
].map((entry) => `web/${entry}`);

export default defineConfig({
  root: at('./'),
  base: '/_/',
  publicDir: false,
  plugins: [
    {
      name: 'card',
      // What a link to a room looks like elsewhere.
      generateBundle() {
        this.emitFile({ type: 'asset', fileName: 'card.png', source: readFileSync(at('./assets/card.png')) });
      },
    },
    {
      name: 'verifier',
      // To the byte, so that its hash is the published one.
      generateBundle() {
        const source = readFileSync(at('./src/verifier/verifier.js'));
        this.emitFile({ type: 'asset', fileName: 'verifier.js', source });
      },
    },
  ],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: at('./dist'),
    emptyOutDir: true,
    assetsDir: '',
    assetsInlineLimit: 0,
    manifest: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: entries.map(at).filter((path) => existsSync(path)) },
  },
});
