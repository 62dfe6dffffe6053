import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import joi from 'joi';
import { serviceVariables } from '../../src/runtime/config/service-config.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'bench/README.md',
  'src/runtime/README.md',
  'src/devkit/README.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.posix.join('docs', file)),
].filter((page) => existsSync(path.join(root, page)));

describe('the documentation', () => {
  it('links to files and headings that exist', () => {
    const links = pages.flatMap(linksOf);
    assert.ok(links.length > 40);
    assert.deepEqual(
      links.filter(isBroken).map(({ page, target }) => `${page} links to ${target}`),
      [],
    );
  });
});

describe('README.md', () => {
  it('links to each page in docs', () => {
    const linked = new Set(linksOf('README.md').map(({ target }) => target));
    const own = pages.filter((page) => /^docs\/[^/]+\.md$/.test(page));
    assert.deepEqual(
      own.filter((page) => !linked.has(page)),
      [],
    );
  });
});

describe('docs/configuration.md', () => {
  const rows = [...readPage('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` +\| (.*?) +\|/gm)];
  const told = new Map(rows.map(([, name = '', value = '']) => [name, value]));

  it('names exactly the variables that a service reads', () => {
    assert.deepEqual([...told.keys()].toSorted(), Object.keys(serviceVariables).toSorted());
  });

  it('lists their defaults, and the required ones', () => {
    const variables: Record<string, Variable> = joi.object(serviceVariables).describe().keys;
    const defaults = Object.fromEntries(
      Object.entries(variables).map(([name, { flags }]) => [name, flags?.default]),
    );
    for (const [name, { flags = {}, whens }] of Object.entries(variables)) {
      const value = typeof flags.default === 'function' ? flags.default(defaults) : flags.default;
      if (value !== undefined) assert.equal(told.get(name), `\`${String(value)}\``, name);
      else assert.equal(told.get(name) === 'required', flags.presence === 'required' && !whens, name);
    }
  });
});

interface Link {
  page: string;
  target: string;
}

type Default = string | number | boolean;

/** joi's description of a variable; `whens` are conditions on others. */
interface Variable {
  flags?: { default?: Default | ((others: object) => Default); presence?: string };
  whens?: unknown;
}

function readPage(page: string): string {
  return readFileSync(path.join(root, page), 'utf8');
}

/** The relative links of a page; links in code do not count. */
function linksOf(page: string): Link[] {
  const text = readPage(page).replaceAll(/^ *```[\s\S]*?^ *```$|`[^`\n]*`/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => ({ page, target }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

function isBroken({ page, target }: Link): boolean {
  const [file = '', heading] = target.split('#');
  const found = file ? path.join(path.dirname(page), file) : page;
  if (!existsSync(path.join(root, found))) return true;
  return heading !== undefined && !headingsOf(readPage(found)).includes(heading);
}

/** The headings of a page as GitHub names them in links. */
const headingsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
