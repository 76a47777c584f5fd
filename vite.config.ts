import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Files that are known by these names for ever: browsers keep asking for them. */
const FIXED: Readonly<Record<string, string>> = {
  'web/offline/service-worker.ts': 'service-worker.js',
  'web/offline/page.ts': 'offline.js',
};
/** Icons for home screens. */
const ICONS = ['icon-180.png', 'icon-192.png', 'icon-512.png', 'icon-mask.png'];

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
  'kit/social.css',
  'people/embedded.css',
  'people/passkeys.ts',
  'people/reminder.ts',
  'people/theme.ts',
  'people/copy-code.ts',
  'people/images.ts',
  'audience/posts.ts',
  'audience/embed-posts.ts',
  'offline/service-worker.ts',
  'offline/page.ts',
].map((entry) => `web/${entry}`);

export default defineConfig({
  root: at('./'),
  base: '/_/',
  publicDir: false,
  plugins: [
    {
      name: 'card',
      // What a link to a room looks like elsewhere, and a feed in a podcast program.
      generateBundle() {
        for (const fileName of ['card.png', 'podcast.png', ...ICONS])
          this.emitFile({ type: 'asset', fileName, source: readFileSync(at(`./assets/${fileName}`)) });
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
    rolldownOptions: {
      input: entries.map(at).filter((path) => existsSync(path)),
      output: {
        entryFileNames: ({ facadeModuleId }) =>
          FIXED[facadeModuleId?.slice(at('./').length) ?? ''] ?? '[name]-[hash].js',
      },
    },
  },
});
