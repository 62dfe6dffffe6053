import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, 'run-program.ts');

function start(behaviour: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', program, behaviour], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const started = new Promise<void>((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString();
      if (stdout.includes('started\n')) resolve();
    });
  });
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, started, ended };
}

describe('run', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops its parts and exits with 0 on ${signal}`, async () => {
      const { child, started, ended } = start('well');
      await started;
      child.kill(signal);
      const { code, stdout, stderr } = await ended;
      assert.equal(code, 0, stderr);
      assert.match(stdout, /sample started[^]*stopping[^]*sample stopped/);
    });
  }

  it('reports in one message which part could not start, and exits with 1', async () => {
    const { code, stdout, stderr } = await start('cannot-start').ended;
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.equal(stderr, 'Could not start. No database at localhost:5432: connection refused; start it.\n');
  });

  it('shows the location of a mistake in the code', async () => {
    const { code, stderr } = await start('bug').ended;
    assert.equal(code, 1);
    assert.match(stderr, /^Could not start. TypeError: x is not a function\n\s+at .*run-program/);
  });

  it('reports an uncaught error without the values of a row, and exits with 1', async () => {
    const { code, stdout, stderr } = await start('uncaught').ended;
    assert.equal(code, 1);
    assert.doesNotMatch(stdout + stderr, /hunter2/);
    assert.match(stdout, /"level":"fatal".*"msg":"the process failed"/);
    assert.match(stderr, /refused by .*\n\s+at .*run-program/);
  });

  it('exits with 1 when stopping takes too long', async () => {
    const { child, started, ended } = start('stuck');
    await started;
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    assert.equal(code, 1);
    assert.match(stderr, /Did not stop within 100 ms .* raise SHUTDOWN_TIMEOUT/);
  });
});
