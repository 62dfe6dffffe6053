import assert from 'node:assert/strict';
import { SQL_STATE as ofDevkit } from '../../src/devkit/postgres/sql-state.ts';
import { SQL_STATE as ofRuntime } from '../../src/runtime/database/sql-state.ts';
import { readSource, sourcesOf } from './source-files.ts';

interface Copies {
  files: string[];
  /** A copy begins here, or at the start of the file. */
  from?: string;
  /** A copy ends before this, or at the end of the file. */
  until?: string;
  /** Text that occurs in every copy. */
  has: string;
  /** A name that differs in one of the packages. */
  alias?: [name: string, shared: string];
}

/** Code that packages share without an import; docs/decisions/three-packages.md says why. */
const copies: Record<string, Copies> = {
  'the checksum of record batches': {
    files: ['src/runtime/events/kafka/records/crc32c.ts', 'src/devkit/broker/protocol/crc32c.ts'],
    has: 'export function crc32c',
  },
  'the characters that a terminal obeys': {
    files: ['generators/core/terminal.ts', 'src/runtime/logging/terminal.ts', 'src/devkit/terminal.ts'],
    from: 'const obeyed =',
    until: '\n',
    has: String.raw`\p{Cf}`,
  },
  'the text that a terminal may get': {
    files: ['generators/core/terminal.ts', 'src/runtime/logging/terminal.ts', 'src/devkit/terminal.ts'],
    from: '/**\n * Escapes characters that a terminal obeys',
    until: '\n\n',
    has: 'export const printable =',
  },
  'the escape of a character': {
    files: ['generators/core/terminal.ts', 'src/runtime/logging/terminal.ts', 'src/devkit/terminal.ts'],
    from: 'const escaped =',
    until: '\n\n',
    has: 'const unit =',
  },
  'the rule of which files are trusted': {
    files: ['generators/output/trust.ts', 'src/devkit/dev/environment/trust.ts'],
    from: '/**\n * Returns the reason',
    has: 'distrustOf',
    alias: ['maxYoRc', 'most'],
  },
};

describe('copies of', () => {
  for (const [title, { files, from = '', until, has, alias: [name, shared] = ['', ''] }] of Object.entries(
    copies,
  )) {
    it(`${title} are the same in each package`, () => {
      const [first = '', ...others] = files.map((file) => {
        const source = readSource(file);
        assert.ok(source.includes(from), `${file} has no ${from}`);
        const [copy = ''] = source.slice(source.indexOf(from)).split(until ?? '\0');
        return name === '' ? copy : copy.replaceAll(name, shared);
      });
      assert.ok(first.includes(has), first);
      for (const other of others) assert.equal(other, first);
    });
  }
});

describe('a SQLSTATE', () => {
  const states: Record<string, string>[] = [ofRuntime, ofDevkit];

  it('has one name in both packages, and a name has one SQLSTATE', () => {
    const named = new Set(states.flatMap((each) => Object.entries(each).map((entry) => entry.join(' '))));
    const names = new Set(states.flatMap((each) => Object.keys(each)));
    const codes = new Set(states.flatMap((each) => Object.values(each)));
    assert.ok(names.size > 10);
    assert.equal(names.size, named.size);
    assert.equal(codes.size, named.size);
  });

  it('appears as a literal only in the definition of its name', () => {
    const files = [...sourcesOf('src/runtime'), ...sourcesOf('src/devkit')].filter((file) =>
      /'\d[0-9A-Z]{4}'/.test(readSource(file)),
    );
    assert.deepEqual(files.toSorted(), [
      'src/devkit/postgres/sql-state.ts',
      'src/runtime/database/sql-state.ts',
    ]);
  });
});
