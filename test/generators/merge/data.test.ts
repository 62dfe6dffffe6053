import assert from 'node:assert/strict';
import { higherRange } from '../../../generators/merge/languages/ranges.ts';
import { merged } from './support.ts';

/** Merges without a conflict. */
async function clean(file: string, base: string, disk: string, next: string): Promise<string> {
  const { text, conflicts } = await merged(file, [base, disk, next]);
  assert.equal(conflicts, 0, text);
  return text;
}

const json = (value: unknown, indent: string | number = 2) => `${JSON.stringify(value, null, indent)}\n`;

describe('a merged JSON file', () => {
  it('has the keys of both sides, in the layout of the owner', async () => {
    assert.equal(
      await clean(
        'package.json',
        json({ name: 'a', scripts: { build: 'tsc', test: 'mocha' } }),
        json({ name: 'mine', scripts: { build: 'tsc', mine: 'x', test: 'mocha --mine' }, own: [1] }, 4),
        json({ name: 'a', scripts: { build: 'tsc -b', lint: 'oxlint', test: 'mocha' }, type: 'module' }),
      ),
      json(
        {
          name: 'mine',
          scripts: { build: 'tsc -b', mine: 'x', lint: 'oxlint', test: 'mocha --mine' },
          own: [1],
          type: 'module',
        },
        4,
      ),
    );
  });

  it('has the higher range of a dependency that both sides changed', async () => {
    const file = (range: string, other: string) =>
      json({ dependencies: { joi: range, pg: other }, private: true });
    assert.equal(
      await clean(
        'package.json',
        file('^18.0.0', '^8.1.0'),
        file('^18.3.0', '^8.2.0'),
        file('^18.1.0', '^8.10.0'),
      ),
      file('^18.3.0', '^8.10.0'),
    );
  });

  it('marks a value that both sides changed, and merges the others', async () => {
    const { text, conflicts } = await merged('tsconfig.json', [
      json({ a: 1, b: 1, c: 1 }),
      json({ a: 2, b: 1, mine: 1, c: 1 }),
      json({ a: 3, b: 1, c: 2, d: 1 }),
    ]);
    assert.equal(conflicts, 1);
    assert.match(text, /"mine": 1,\n {2}"c": 2,\n {2}"d": 1\n\}/);
  });

  it('keeps comments and the missing final line end', async () => {
    assert.equal(
      await clean(
        'tsconfig.json',
        '{ "a": 1 }\n',
        '{\n  // mine\n  "a": 1, // why\n  "mine": true\n}',
        '{ "a": 1, "b": [2] }\n',
      ),
      '{\n  // mine\n  "a": 1, // why\n  "mine": true,\n  "b": [2]\n}',
    );
  });
});

describe('the higher range', () => {
  const cases: [lower: string, higher: string][] = [
    ['^1.2.3', '^1.3.0'],
    ['~1.9.0', '^1.10.0'],
    ['1.0.0-rc.1', '1.0.0'],
    ['1.0.0-rc.2', '1.0.0-rc.10'],
    ['1.0.0-1', '1.0.0-a'],
    ['>=1', '^2.0.0'],
    ['1.x', '1.1.x'],
  ];
  for (const [lower, higher] of cases) {
    it(`of ${lower} and ${higher} is the second one`, () => {
      assert.equal(higherRange(lower, higher), 'other');
      assert.equal(higherRange(higher, lower), 'one');
    });
  }

  it('is the first one if the bounds are equal, or if one of them has another form', () => {
    for (const [one, other] of [
      ['^1.2.0', '~1.2.0'],
      ['workspace:*', '^2.0.0'],
      ['^1.0.0', 'github:a/b'],
      ['^1.0.0 || ^2.0.0', '^3.0.0'],
      ['latest', '*'],
    ] as const)
      assert.equal(higherRange(one, other), 'one');
  });
});

describe('a merged .env file', () => {
  it('has the variables of both sides with their comments', async () => {
    assert.equal(
      await clean(
        '.env.example',
        '# All\n\nPORT=8001\n# Where\nHOST=127.0.0.1\n',
        '# All\n\n# my port\nPORT=9000\n# Where\nHOST=127.0.0.1\n\n# mine\nMINE=1\n',
        '# All\n\nPORT=8001\n# How much\n# LIMIT=5\n# Where\nHOST=localhost\n# Last\nLAST=1\n',
      ),
      '# All\n\n# my port\nPORT=9000\n# How much\n# LIMIT=5\n# Where\nHOST=localhost\n\n# mine\nMINE=1\n# Last\nLAST=1\n',
    );
  });

  it('keeps a default that the owner turned into a value', async () => {
    assert.equal(
      await clean('.env', 'A=1\n# B=2\n', 'A=1\nB=3\n', 'A=1\n# B=2\n# C=3\n'),
      'A=1\nB=3\n# C=3\n',
    );
  });

  it('marks a value that both sides changed', async () => {
    assert.equal((await merged('.env', ['A=1\n', 'A=2\n', 'A=3\n'])).conflicts, 1);
  });
});

describe('a merged file of patterns', () => {
  it('has the patterns of both sides', async () => {
    assert.equal(
      await clean('.gitignore', 'dist\n', 'dist\nmine\n', 'dist\ncoverage\n'),
      'dist\nmine\ncoverage\n',
    );
  });
});

describe('a merged YAML file', () => {
  const compose = (...services: string[]) =>
    `# Run it\nname: shop\n\nservices:\n${services.join('\n')}\nvolumes:\n  data:\n`;
  const service = (name: string, ...lines: string[]) =>
    `  ${name}:\n    image: ${name}\n${lines.map((line) => `    ${line}\n`).join('')}`;

  it('has the keys of both sides, and each comment', async () => {
    assert.equal(
      await clean(
        'docker-compose.yml',
        compose(service('api', 'ports:', '  - 8000:8000')),
        compose(service('api', 'ports: # open', '  - 9000:8000'), service('mine')),
        compose(service('api', 'ports:', '  - 8000:8000', 'restart: always # why'), service('db')),
      ),
      compose(
        service('api', 'ports: # open', '  - 9000:8000', 'restart: always # why'),
        service('mine'),
        service('db'),
      ),
    );
  });

  it('has the elements of both sides in a sequence', async () => {
    const steps = (...lines: string[]) =>
      `jobs:\n  test:\n    steps:\n${lines.map((line) => `      - ${line}\n`).join('')}`;
    assert.equal(
      await clean(
        '.github/workflows/ci.yml',
        steps('uses: checkout # v5', 'run: npm ci', 'run: npm test'),
        steps('uses: checkout # v5', 'run: npm ci', '# mine\n      - run: mine', 'run: npm test'),
        steps('uses: checkout # v6', 'run: npm ci', 'name: lint\n        run: npm run lint', 'run: npm test'),
      ),
      steps(
        'uses: checkout # v6',
        'run: npm ci',
        '# mine\n      - run: mine',
        'name: lint\n        run: npm run lint',
        'run: npm test',
      ),
    );
  });

  it('merges the maps in a sequence by their names', async () => {
    const pod = (...env: string[]) =>
      `containers:\n  - name: user\n    env:\n${env.map((line) => `      - ${line}\n`).join('')}    image: user\n`;
    assert.equal(
      await clean(
        'k8s/deployment.yaml',
        pod('name: A\n        value: a'),
        pod('name: A\n        value: mine', 'name: MINE\n        value: mine'),
        pod('name: A\n        value: a', 'name: B\n        value: b'),
      ),
      pod('name: A\n        value: mine', 'name: MINE\n        value: mine', 'name: B\n        value: b'),
    );
  });

  it('merges flow collections', async () => {
    assert.equal(
      await clean(
        'a.yml',
        'on: [push]\nget: { a: 1 }\n',
        'on: [push, mine]\nget: { a: 2 }\n',
        'on: [push, pull]\nget: { a: 1, b: 2 }\n',
      ),
      'on: [push, mine, pull]\nget: { a: 2, b: 2 }\n',
    );
  });

  it('keeps anchors, block scalars and the indentation of the owner', async () => {
    const file = (indent: string, ...more: string[]) =>
      [
        'a: &all',
        `${indent}x: 1`,
        ...more.map((line) => indent + line),
        'b: *all',
        'c: |',
        '  text: 1',
        '',
        'd: 1',
        '',
      ].join('\n');
    assert.equal(
      await clean('a.yml', file('  '), file('    ', 'mine: 1'), file('  ', 'y: 2').replace('d: 1', 'd: 2')),
      file('    ', 'mine: 1', 'y: 2').replace('d: 1', 'd: 2'),
    );
  });

  it('marks a value that both sides changed', async () => {
    const { text, conflicts } = await merged('a.yml', [
      'a: 1\nb: 1\nc: 1\n',
      'a: 2\nb: 1\nc: 1\n',
      'a: 3\nb: 1\nc: 1\nd: 1\n',
    ]);
    assert.equal(conflicts, 1);
    assert.match(text, /a: 2\n\|{7}.*\na: 1\n=======\na: 3\n>>>>>>> .*\nb: 1\nc: 1\nd: 1\n$/);
  });

  it('is merged by lines if it has several documents', async () => {
    assert.equal(
      await clean(
        'a.yml',
        'a: 1\n---\nb: 1\n---\nc: 1\n',
        'a: 2\n---\nb: 1\n---\nc: 1\n',
        'a: 1\n---\nb: 1\n---\nc: 2\n',
      ),
      'a: 2\n---\nb: 1\n---\nc: 2\n',
    );
  });
});
