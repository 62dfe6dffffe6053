import assert from 'node:assert/strict';
import { waitFor } from '../../../src/devkit/testing.ts';

describe('waitFor', () => {
  it('resolves to the first truthy value', async () => {
    const values = [undefined, 0, '', 'found', 'later'];
    assert.equal(await waitFor(() => values.shift()), 'found');
    assert.deepEqual(values, ['later']);
  });

  it('asks again after an error', async () => {
    let attempts = 0;
    const check = async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('not yet');
      return attempts;
    };
    assert.equal(await waitFor(check), 3);
  });

  it('shows the last value when time is up', async () => {
    const wait = waitFor(() => [].length, { timeout: 30, message: 'a row' });
    await assert.rejects(wait, /^Error: timed out after 30 ms: a row; last seen: 0$/);
  });

  it('shows the last error when time is up, and keeps it as the cause', async () => {
    const cause = new Error('no table');
    const wait = waitFor(() => Promise.reject(cause), { timeout: 30, message: 'a row' });
    await assert.rejects(
      wait,
      (error: Error) => /the last error was Error: no table/.test(error.message) && error.cause === cause,
    );
  });
});
