import assert from 'node:assert/strict';
import { cleanCode, mergeCode } from './support.ts';

const use = (...names: string[]) => `\n\nstart();\nrun();\nuse(${names.join(', ')});\n`;

describe('the imports of a merged file', () => {
  it('are a union where both sides added some at one place', async () => {
    assert.equal(
      await cleanCode(
        `import a from 'a';${use('a')}`,
        `import a from 'a';\nimport mine from 'mine';${use('a')}// mine\n`,
        `import a from 'a';\nimport b from 'b';\nimport c from 'c';${use('a')}`,
      ),
      `import a from 'a';\nimport mine from 'mine';\nimport b from 'b';\nimport c from 'c';${use('a')}// mine\n`,
    );
  });

  it('keep the order of the owner', async () => {
    assert.equal(
      await cleanCode(
        `import a from 'a';\nimport b from 'b';\nimport c from 'c';${use('a', 'b', 'c')}`,
        `import c from 'c';\nimport b from 'b';\nimport a from 'a';${use('a', 'b', 'c')}`,
        `import a from 'a';\nimport b from 'b';\nimport bb from 'bb';\nimport c from 'c';${use('a', 'b', 'c')}bb();\n`,
      ),
      `import c from 'c';\nimport b from 'b';\nimport bb from 'bb';\nimport a from 'a';${use('a', 'b', 'c')}bb();\n`,
    );
  });

  it('of one module are one statement with the names of both sides', async () => {
    assert.equal(
      await cleanCode(
        `import { a } from 'm';${use('a')}`,
        `import { mine, a } from 'm';${use('a', 'mine')}`,
        `import { a, b, type T } from 'm';\n\nb<T>();${use('a')}`,
      ),
      `import { mine, a, b, type T } from 'm';\n\nb<T>();${use('a', 'mine')}`,
    );
  });

  it('of one module, which both sides added, are one statement', async () => {
    assert.equal(
      await cleanCode(
        `import a from 'a';${use('a')}`,
        `import a from 'a';\nimport { x, y } from 'm';${use('a', 'x', 'y')}`,
        `import a from 'a';\nimport { x, z } from 'm';\n\nx(z);${use('a')}`,
      ),
      `import a from 'a';\nimport { x, y, z } from 'm';\n\nx(z);${use('a', 'x', 'y')}`,
    );
  });

  it('of types and values of one module stay apart', async () => {
    assert.equal(
      await cleanCode(
        `import { a } from 'm';${use('a')}`,
        `import { a } from 'm';\nimport type { Mine } from 'm';${use('a')}export type M = Mine;\n`,
        `import { a, b } from 'm';${use('a')}`,
      ),
      `import { a, b } from 'm';\nimport type { Mine } from 'm';${use('a')}export type M = Mine;\n`,
    );
  });

  it('import a name as a value if one side needs the value', async () => {
    assert.equal(
      await cleanCode(
        `import { a } from 'm';${use('a')}`,
        `import { a, X } from 'm';${use('a', 'X')}`,
        `import { a, type X } from 'm';\n\nlet x: X;${use('a')}`,
      ),
      `import { a, X } from 'm';\n\nlet x: X;${use('a', 'X')}`,
    );
  });

  it('for their effect keep their order', async () => {
    assert.equal(
      await cleanCode(
        `import 'one';\nimport 'two';\n\nrun();\n`,
        `import 'one';\nimport 'mine';\nimport 'two';\n\nrun();\n`,
        `import 'zero';\nimport 'one';\nimport 'two';\nimport 'three';\n\nrun();\n`,
      ),
      `import 'zero';\nimport 'one';\nimport 'mine';\nimport 'two';\nimport 'three';\n\nrun();\n`,
    );
  });

  it('that the templates dropped stay while the code of the owner uses them', async () => {
    assert.equal(
      await cleanCode(
        `import { a, b } from 'm';\n\nuse(a);\nuse(b);\nend();\n`,
        `import { a, b } from 'm';\n\nuse(a);\nuse(b);\nend();\nmine(b);\n`,
        `import { a } from 'm';\n\nuse(a);\nend();\n`,
      ),
      `import { a, b } from 'm';\n\nuse(a);\nend();\nmine(b);\n`,
    );
  });

  it('that the templates dropped go if nothing uses them', async () => {
    assert.equal(
      await cleanCode(
        `import { a, b } from 'm';\nimport c from 'c';\n\nuse(a);\nuse(b, c);\nend();\n`,
        `import { a, b } from 'm';\nimport c from 'c';\n\nuse(a);\nuse(b, c);\nend();\nmine(a);\n`,
        `import { a } from 'm';\n\nuse(a);\nend();\n`,
      ),
      `import { a } from 'm';\n\nuse(a);\nend();\nmine(a);\n`,
    );
  });

  it('that the owner removed come back if new code needs them', async () => {
    assert.equal(
      await cleanCode(
        `import { a, b } from 'm';\n\nuse(a);\nstart();\nuse(b);\nend();\n`,
        `import { a } from 'm';\n\nuse(a);\nstart();\nend();\n`,
        `import { a, b } from 'm';\n\nnewly(b);\nuse(a);\nstart();\nuse(b);\nend();\n`,
      ),
      `import { a, b } from 'm';\n\nnewly(b);\nuse(a);\nstart();\nend();\n`,
    );
  });

  it('stay at their place if the owner still uses them', async () => {
    const imports = (...names: string[]) => names.map((name) => `import ${name} from '${name}';\n`).join('');
    assert.equal(
      await cleanCode(
        `${imports('a', 'b', 'c')}${use('a')}b();\nend();\n`,
        `${imports('a', 'b', 'c')}mine(b);\n${use('a')}b();\nend();\n`,
        `${imports('a', 'c')}${use('a')}end();\n`,
      ),
      `${imports('a', 'b', 'c')}mine(b);\n${use('a')}end();\n`,
    );
  });

  it('lose a removed name that the owner has moved to another import of the module', async () => {
    assert.equal(
      await cleanCode(
        `import { a, type S, type T } from 'm';${use('a')}`,
        `import { a } from 'm';\nimport type { S, T } from 'm';${use('a')}mine<S>();\n`,
        `import { a, type S } from 'm';${use('a')}`,
      ),
      `import { a } from 'm';\nimport type { S } from 'm';${use('a')}mine<S>();\n`,
    );
  });

  it('are merged below a header of the owner', async () => {
    assert.equal(
      await cleanCode(
        `import { a } from 'm';${use('a')}`,
        `// (c) mine\n\nimport { a } from 'm';${use('a')}`,
        `import { a, b } from 'm';${use('a')}b();\n`,
      ),
      `// (c) mine\n\nimport { a, b } from 'm';${use('a')}b();\n`,
    );
  });

  it('are a conflict if both sides give one name to different things', async () => {
    const { text, conflicts } = await mergeCode(
      `import a from 'a';\n\nuse(a);\nrest();\n`,
      `import a from 'a';\nimport { log } from './mine.ts';\n\nuse(a);\nrest();\nlog();\n`,
      `import { log } from 'runtime';\nimport a from 'a';\n\nlog();\nuse(a);\nrest();\n`,
    );
    assert.equal(conflicts, 1);
    for (const line of ["import { log } from './mine.ts';", "import { log } from 'runtime';"])
      assert.ok(text.includes(line), text);
  });

  it('keep the comments of the owner', async () => {
    const disk = `// first\nimport a from 'a'; // why\n// second\nimport { b } from 'b';${use('a', 'b')}mine();\n`;
    assert.equal(
      await cleanCode(
        `import a from 'a';\nimport { b } from 'b';${use('a', 'b')}`,
        disk,
        `import a from 'a';\nimport { b, c } from 'b';\n\nc();${use('a', 'b')}`,
      ),
      disk.replace('{ b }', '{ b, c }').replace('\n\nstart', '\n\nc();\n\nstart'),
    );
  });
});
