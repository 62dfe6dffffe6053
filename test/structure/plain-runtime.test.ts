import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..');

interface LockedPackage {
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

/** Returns the packages that `npm install --omit=dev` of a service adds for the package at `place`, by their places. */
function installedFor(place: string, found = new Set<string>()): Set<string> {
  for (const name of requiredBy(packages[place] ?? {})) {
    const dependency = resolve(name, place);
    if (dependency === undefined || found.has(dependency)) continue;
    found.add(dependency);
    installedFor(dependency, found);
  }
  return found;
}

const requiredBy = ({
  dependencies,
  optionalDependencies,
  peerDependencies = {},
  peerDependenciesMeta = {},
}: LockedPackage): string[] => [
  ...Object.keys({ ...dependencies, ...optionalDependencies }),
  ...Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional),
];

/** Looks a package up as Node does: in the nearest `node_modules` that has it. */
function resolve(name: string, from: string): string | undefined {
  for (let at = from; ; at = at === '' ? '' : at.slice(0, Math.max(0, at.lastIndexOf('/')))) {
    const place = path.posix.join(at, 'node_modules', name);
    if (packages[place]) return place;
    if (at === '') return undefined;
  }
}

/** Returns the size of the files in a folder, without the packages in its own `node_modules`, in bytes. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? bytesIn(file) : statSync(file).size;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

describe('the plain microservice-runtime', () => {
  const places = [...installedFor('src/runtime')];
  const names = places.map((place) => place.slice(place.lastIndexOf('node_modules/') + 13));

  it('brings 129 packages, and no library of an entry point of its own', () => {
    for (const name of ['express', 'joi', 'kafkajs', 'knex', 'pg', 'pino'])
      assert.ok(names.includes(name), name);
    for (const name of ['jose', 'rate-limiter-flexible', 'cockatiel', 'opossum', 'openapi-typescript'])
      assert.ok(!names.includes(name), name);
    assert.equal(places.length, 129, names.toSorted().join(' '));
  });

  it('has at most 20 MB with these packages', () => {
    const runtime = path.join(root, 'src', 'runtime');
    const folders = [path.join(runtime, 'dist'), ...places.map((place) => path.join(root, place))];
    const bytes = folders.map(bytesIn).reduce((sum, each) => sum + each, 0);
    assert.ok(bytes <= 20e6, `${bytes} bytes`);
  });
});
