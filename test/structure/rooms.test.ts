import assert from 'node:assert/strict';
import path from 'node:path';
import { importsOf, readSource, sourcesOf } from './source-files.ts';

/**
 * The folders of a package, from the lowest level to the highest one: a folder imports from its own files and from lower floors.
 * A file of the package's own folder is a room of its own.
 */
const floors: Record<string, string[][]> = {
  'src/runtime': [
    [
      'async',
      'context',
      'database/pipeline',
      'database/rows',
      'errors.ts',
      'events/kafka/bytes',
      'schemas',
      'service',
      'tables',
    ],
    ['events/event', 'events/kafka/compression', 'logging'],
    ['client', 'contracts', 'events/kafka/records', 'lifecycle'],
    ['client.ts', 'database', 'events/kafka/kafkajs'],
    ['config', 'database/pruning', 'events/parking', 'http/problems', 'migrations'],
    [
      'events/kafka',
      'events/outbox',
      'http/access',
      'http/idempotency',
      'http/rate-limit',
      'http/server',
      'migrations.ts',
    ],
    ['events/inbox', 'events/relay', 'http/requests', 'access', 'rate-limit'],
    ['commands/input', 'events/handling', 'events/operations', 'http/documents', 'http/management'],
    [
      'access.ts',
      'rate-limit.ts',
      'commands/output',
      'events/retry',
      'events/subscriptions',
      'http',
      'projections/definition',
      'projections/store',
      'sagas/definition',
    ],
    ['events/consumer', 'http.ts', 'projections/operations', 'sagas/machine'],
    ['sagas', 'sagas/store'],
    ['projections/running', 'sagas/operations', 'sagas/participant', 'sagas/running'],
    ['commands/projections', 'commands/sagas'],
    ['commands', 'events'],
    ['cli.ts'],
    ['index.ts'],
  ],
  generators: [
    ['core', 'rendering/layout'],
    ['merge/text', 'writing'],
    ['merge/structure'],
    ['merge/languages'],
    ['merge', 'upgrade'],
    ['outside', 'rendering'],
    ['questions'],
    ['output'],
    ['yeoman', 'service/model'],
    ['service/fields', 'workspace'],
    ['service/projections'],
    ['service/view'],
    ['service/clients', 'service/contracts', 'service/sagas'],
    ['service/stored'],
    ['service/migrations', 'service/events'],
    ['service'],
    ['service/repair', 'service/commands/call'],
    ['service/commands/notes'],
    ['service/commands/field', 'service/commands/projection', 'service/commands/saga'],
    ['service/commands'],
    ['cli'],
  ],
};

const MOST_LINES = 250;
const MOST_FILES = 16;
/** Folders with more files than that, each with the reason. */
const large: Record<string, string> = {
  'src/devkit/broker/apis': 'one file an API of Kafka',
};

const packages = ['src/runtime', 'src/devkit', 'generators'];

describe('the folders of the source', () => {
  for (const [folder, rooms] of Object.entries(floors)) {
    it(`of ${folder} each have a level`, () => {
      const found = new Set(sourcesOf(folder).map((file) => roomOf(file, folder)));
      assert.deepEqual([...found].toSorted(), rooms.flat().toSorted());
    });

    it(`of ${folder} import downwards`, () => {
      const floorOf = (file: string): number =>
        rooms.findIndex((floor) => floor.includes(roomOf(file, folder)));
      const upwards = importsOf(folder).filter(({ file, target }) => {
        if (!target.startsWith(`${folder}/`) || roomOf(file, folder) === roomOf(target, folder)) return false;
        return floorOf(target) >= floorOf(file);
      });
      assert.deepEqual(upwards, []);
    });
  }

  for (const folder of packages) {
    it(`of ${folder} have no circle of imports, and neither have their files`, () => {
      const rooms = new Map<string, string[]>();
      const files = new Map<string, string[]>();
      const add = (targets: Map<string, string[]>, from: string, to: string) =>
        targets.set(from, [...(targets.get(from) ?? []), to]);
      for (const { file, target } of importsOf(folder)) {
        add(files, file, target);
        const [from, to] = [file, target].map((each) => roomOf(each, folder));
        if (from && to && from !== to) add(rooms, from, to);
      }
      assert.deepEqual(circleIn(files), []);
      assert.deepEqual(circleIn(rooms), []);
    });

    it(`of ${folder} have files of at most ${MOST_LINES} lines`, () => {
      const long = sourcesOf(folder).filter((file) => readSource(file).split('\n').length > MOST_LINES + 1);
      assert.deepEqual(long, []);
    });

    it(`of ${folder} hold at most ${MOST_FILES} files`, () => {
      const counts = new Map<string, number>();
      for (const file of sourcesOf(folder)) {
        const room = path.posix.dirname(file);
        counts.set(room, (counts.get(room) ?? 0) + 1);
      }
      const crowded = [...counts].filter(([room, count]) => count > MOST_FILES && !(room in large));
      assert.deepEqual(crowded, []);
    });
  }

  it('that one event passes are at most 25 files, which docs/events.md lists', () => {
    const page = readSource('docs/events.md');
    const [, section = ''] = page.split('## The way of one event through the code');
    const [list = ''] = section.split('\n## ');
    const files = [...list.matchAll(/^\d+\. \[([^\]]+)\]\(\.\.\/src\/runtime\/events\/\1\)/gm)].map(
      ([, file]) => `src/runtime/events/${file}`,
    );
    assert.ok(files.length > 15 && files.length <= 25, `${files.length} files`);
    const sources = new Set(sourcesOf('src/runtime'));
    for (const file of files) assert.ok(sources.has(file), file);
  });

  it('are listed as large only if they are', () => {
    for (const room of Object.keys(large)) assert.ok(sourcesOf(room).length > MOST_FILES, room);
  });
});

/** The folder of a file of a package, seen from there; for a file of the package's own folder, that file. */
function roomOf(file: string, base: string): string {
  const within = path.posix.relative(base, file);
  const folder = path.posix.dirname(within);
  return folder === '.' ? within : folder;
}

/** The files of one circle in the order of their imports; empty if there is none. */
function circleIn(targets: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const target of targets.get(file) ?? []) {
      const circle = visit(target, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of targets.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}
