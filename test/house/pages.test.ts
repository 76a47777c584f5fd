import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERRORS } from '../../src/base/errors.ts';
import { manualPage, samplePage } from '../../src/config/index.ts';
import { files, root } from './tree.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const docs = [...files(['docs'], /\.md$/), ...topLevel()];

function topLevel() {
  const names = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];
  return names.map((path) => ({ path, text: read(path) }));
}

/** Headings in the form of GitHub's anchors. */
const anchors = (text: string): string[] =>
  [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );

describe('documents', () => {
  test('every error code has its section, and every section its code', () => {
    const sections = [...read('docs/errors.md').matchAll(/^## `?([a-z-]+)`?$/gm)].map(([, code]) => code);
    expect(sections.sort()).toEqual(Object.keys(ERRORS).sort());
  });

  test('each section of the errors says its status and title as the catalogue does', () => {
    const text = read('docs/errors.md');
    const wrong = Object.entries(ERRORS).filter(([code, { status, title }]) => {
      const section = text.split(new RegExp(`^## ${code}$`, 'm'))[1]?.split(/^## /m)[0] ?? '';
      return !section.includes(`**${status}** ${title}.`) || section.trim().split('\n\n').length < 2;
    });
    expect(wrong.map(([code]) => code)).toEqual([]);
  });

  test('the configuration manual and the sample file are what the schema says (node scripts/manual.ts)', () => {
    expect(read('docs/configuration.md')).toBe(manualPage());
    expect(read('deploy/earshot.env.sample')).toBe(samplePage());
  });

  test('every link inside the project leads somewhere', () => {
    const broken = docs.flatMap(({ path, text }) =>
      [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
        if (/^[a-z]+:/.test(link)) return [];
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : relative(root, resolve(root, dirname(path), file));
        if (!existsSync(join(root, target))) return [`${path} → ${link}`];
        const known =
          anchor === undefined || !target.endsWith('.md') || anchors(read(target)).includes(anchor);
        return known ? [] : [`${path} → ${link} (no such heading)`];
      }),
    );
    expect(broken).toEqual([]);
  });

  test('every page of docs can be reached from the README', () => {
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const [, link = ''] of read(path).matchAll(/\]\(([^)#\s]+\.md)(?:#[^)]*)?\)/g)) {
        if (!/^[a-z]+:/.test(link)) visit(relative(root, resolve(root, dirname(path), link)));
      }
    };
    visit('README.md');
    expect(docs.map(({ path }) => path).filter((path) => !seen.has(path))).toEqual([]);
  });

  test('ARCHITECTURE.md fits on two pages and says what is absent', () => {
    const text = read('ARCHITECTURE.md');
    expect(text.split('\n').length).toBeLessThanOrEqual(140);
    expect(anchors(text)).toContain('deliberately-absent');
  });

  test('every page that carries its own style has the colours of web/kit/style.css', () => {
    const [, tokens = ''] = /:root \{([\s\S]*?)\n\}/.exec(read('web/kit/style.css')) ?? [];
    const known = new Set(tokens.match(/#[0-9a-f]{6}\b/g));
    expect(known.size).toBeGreaterThan(10);
    const own = [
      'src/supervisor/fallback-page.ts',
      'src/queue/page.ts',
      'src/pages/short/short-page.ts',
      'src/rehearsal/report/page-style.ts',
    ];
    for (const path of [...own, 'src/pages/page-shell.ts']) {
      const used = read(path).match(/#[0-9a-f]{6}\b/g) ?? [];
      expect([path, used.length > 0]).toEqual([path, true]);
      expect([path, used.filter((colour) => !known.has(colour))]).toEqual([path, []]);
    }
  });

  test('README names both commands', () => {
    expect(read('README.md')).toMatch(/npm start[\s\S]*npm test/);
  });
});
