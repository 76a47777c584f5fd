/** Writes docs/configuration.md and deploy/earshot.env.sample from the schema. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { manualPage, samplePage } from '../src/config/index.ts';

const root = new URL('../', import.meta.url);
mkdirSync(new URL('deploy/', root), { recursive: true });
writeFileSync(new URL('docs/configuration.md', root), manualPage());
writeFileSync(new URL('deploy/earshot.env.sample', root), samplePage());
