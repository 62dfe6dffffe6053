import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { completeEnvironment } from '../../../src/devkit/dev/environment/environment-file.ts';
import { fillPlaceholder, placeholder } from '../../../src/devkit/dev/environment/placeholder.ts';

const filled = /^RANDOM_PASSWORD$|(?<=:\/\/u:)RANDOM_PASSWORD(?=@)/g;

describe('the .env that dev completes', () => {
  let above: string;
  let root: string;
  beforeEach(async () => {
    above = await mkdtemp(path.join(os.tmpdir(), 'environment file '));
    root = path.join(above, 'service');
    await mkdir(root);
  });
  afterEach(() => rm(above, { recursive: true, force: true }));

  const place = (name: string) => path.join(root, name);
  const complete = async (text: string | Uint8Array): Promise<Buffer> => {
    await writeFile(place('.env'), text);
    await completeEnvironment(root);
    return readFile(place('.env'));
  };

  it('gets the password as a whole value and as the password of an address, quoted or not', async () => {
    const lines = [
      'DATABASE_PASSWORD=RANDOM_PASSWORD',
      'export QUOTED = "RANDOM_PASSWORD" # RANDOM_PASSWORD is replaced',
      "SINGLE='RANDOM_PASSWORD'",
      'DATABASE_URL=postgres://user:RANDOM_PASSWORD@localhost:5432/users?sslmode=disable # RANDOM_PASSWORD',
      'QUOTED_URL="postgres://user:RANDOM_PASSWORD@localhost/users"',
      'URLS=amqp://a:RANDOM_PASSWORD@one,amqp://a:RANDOM_PASSWORD@other\r',
    ];
    const text = (await complete(lines.join('\n'))).toString();
    const { DATABASE_PASSWORD = '' } = parseEnv(text);
    assert.match(DATABASE_PASSWORD, /^[\w-]{24}$/);
    const expected = lines.map((line) =>
      line
        .replace(/#.*/, '')
        .replaceAll(placeholder, DATABASE_PASSWORD)
        .concat(/#.*/.exec(line)?.[0] ?? ''),
    );
    assert.deepEqual(text.split('\n'), expected);
  });

  it('keeps the placeholder in comments, names, other words and lines of a longer value', async () => {
    const lines = [
      '# DATABASE_PASSWORD=RANDOM_PASSWORD',
      'RANDOM_PASSWORD=1',
      'RANDOM_PASSWORD_LENGTH=24',
      'HINT=a RANDOM_PASSWORD is made',
      'KEY=MY_RANDOM_PASSWORD',
      'PATH_OF=/run/RANDOM_PASSWORD',
      'URL=http://RANDOM_PASSWORD:80/RANDOM_PASSWORD?a=:RANDOM_PASSWORD@',
      'CERTIFICATE="first',
      'INNER=RANDOM_PASSWORD',
      'last"',
    ];
    assert.equal((await complete(lines.join('\n'))).toString(), lines.join('\n'));
  });

  it('keeps every other byte of the file, even bytes that are not UTF-8', async () => {
    const latin = Buffer.from('OWNER=J\xfcrgen\r\n\xff\xfe\x00# \x80\n', 'latin1');
    const bytes = Buffer.concat([latin, Buffer.from('DATABASE_PASSWORD=RANDOM_PASSWORD\r\n'), latin]);
    const written = await complete(bytes);
    assert.deepEqual(written.subarray(0, latin.length), latin);
    assert.deepEqual(written.subarray(written.length - latin.length), latin);
    assert.match(written.toString('latin1'), /\nDATABASE_PASSWORD=[\w-]{24}\r\nOWNER/);
  });

  it('means the same for every variable without the placeholder', () => {
    const words = (...also: string[]) =>
      fc
        .array(fc.constantFrom(placeholder, 'x', 'postgres://u:', '@h/d', ' ', '=', 'é', ...also), {
          maxLength: 6,
        })
        .map((all) => all.join(''));
    const bare = fc
      .tuple(words(), fc.constantFrom('', `# A=${placeholder}`))
      .map(([value, comment]) => value.trim() + comment);
    const quoted = fc
      .tuple(
        fc.constantFrom('"', "'"),
        words('#', '\n', '\nV9=', '`'),
        fc.constantFrom('', ` # ${placeholder}`),
      )
      .map(([quote, value, comment]) => quote + value + quote + comment);
    const file = fc
      .array(fc.oneof(bare, quoted), { maxLength: 5 })
      .map((values) => values.map((each, at) => `V${at}=${each}`));
    fc.assert(
      fc.property(file, (lines) => {
        const before = parseEnv(lines.join('\n'));
        const after = parseEnv(fillPlaceholder(lines.join('\n'), 'secret'));
        assert.deepEqual(Object.keys(after), Object.keys(before));
        for (const [name, text] of Object.entries(before))
          assert.equal(after[name], text?.replaceAll(filled, 'secret'), name);
      }),
      { numRuns: 500 },
    );
  });

  it('is not copied from an .env.example that is a link out of the folder', async function () {
    if (process.platform === 'win32') this.skip();
    await writeFile(path.join(above, 'secret'), 'TOKEN=of another\n');
    await symlink('../secret', place('.env.example'));
    await assert.rejects(completeEnvironment(root), {
      name: 'DevError',
      message: /^\.env\.example is a link to .*secret.*, outside of the folder/,
    });
    assert.deepEqual(await readdir(root), ['.env.example']);
  });

  it('is copied from an .env.example that is a link within the folder, in a linked folder too', async function () {
    if (process.platform === 'win32') this.skip();
    await writeFile(place('env.txt'), 'PORT=8001\n');
    await symlink('env.txt', place('.env.example'));
    await symlink(root, path.join(above, 'linked'));
    await completeEnvironment(path.join(above, 'linked'));
    assert.equal(await readFile(place('.env'), 'utf8'), 'PORT=8001\n');
  });

  it('does not wait for a pipe named .env.example', async function () {
    if (process.platform === 'win32') this.skip();
    execFileSync('mkfifo', [place('.env.example')]);
    await assert.rejects(completeEnvironment(root), /^DevError: \.env\.example is not a file/);
  });
});
