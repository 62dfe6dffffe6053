import assert from 'node:assert/strict';
import { importsOf, readSource, type Import } from './source-files.ts';

describe('the rules for imports', () => {
  const generators = importsOf('generators');
  const runtime = importsOf('src/runtime');
  const devkit = importsOf('src/devkit');

  it('cover the sources', () => {
    for (const imports of [generators, runtime, devkit]) assert.ok(imports.length > 50);
  });

  it('generators import neither of the two other packages', () => {
    allow(
      generators,
      ({ target }) =>
        !isOf(target, 'src/runtime', 'microservice-runtime') &&
        !isOf(target, 'src/devkit', 'microservice-devkit'),
    );
  });

  it('the devkit imports the runtime by its package name only', () => {
    allow(devkit, ({ target }) => !target.startsWith('src/runtime') && !target.startsWith('generators'));
  });

  it('the runtime imports nothing outside itself', () => {
    allow(runtime, ({ target }) => !isLocal(target) || target.startsWith('src/runtime/'));
    allow(runtime, ({ target }) => !target.startsWith('microservice-'));
  });

  it('the runtime imports only packages that it names', () => {
    const { dependencies, peerDependencies } = JSON.parse(readSource('src/runtime/package.json')) as Manifest;
    const named = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
    allow(
      runtime,
      ({ target }) => isLocal(target) || target.startsWith('node:') || named.has(packageOf(target)),
    );
  });

  it('one folder of the runtime alone knows kafkajs', () => {
    allow(
      runtime,
      ({ file, target }) => target !== 'kafkajs' || file.startsWith('src/runtime/events/kafka/'),
    );
  });

  it('Express is known only to the HTTP files of the runtime', () => {
    allow(
      runtime,
      ({ file, target }) => !target.startsWith('express') || file.startsWith('src/runtime/http/'),
    );
  });

  it('no source imports a test, and only tests, scripts and benchmarks import those', () => {
    allow([...generators, ...runtime, ...devkit], ({ target }) => !/^(test|scripts|bench)\//.test(target));
  });
});

interface Manifest {
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

function allow(imports: Import[], isAllowed: (each: Import) => boolean): void {
  const refused = imports.filter((each) => !isAllowed(each));
  assert.deepEqual(
    refused.map(({ file, target }) => `${file} imports ${target}`),
    [],
  );
}

const isLocal = (target: string) => /^(src|generators|test|scripts|bench)\//.test(target);
const isOf = (target: string, folder: string, name: string) =>
  target.startsWith(folder) || packageOf(target) === name;
const packageOf = (target: string) => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? '';
