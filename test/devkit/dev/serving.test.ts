import assert from 'node:assert/strict';
import { type Serving, keepServing } from '../../../src/devkit/dev/servers/serving.ts';
import { waitFor } from '../../../src/devkit/testing.ts';

describe('keepServing', () => {
  /** Each call serves under the next number; `end` ends the current server. */
  const createServers = () => {
    const stopped: number[] = [];
    const said: string[] = [];
    let ends: (() => void)[] = [];
    let count = 0;
    const serve = async (): Promise<Serving> => {
      const number = (count += 1);
      const gone = new Promise<void>((resolve) => ends.push(resolve));
      const stop = async () => void stopped.push(number);
      return { description: `server ${number}`, gone, stop };
    };
    const end = () => {
      for (const each of ends) each();
      ends = [];
    };
    return { serve, end, stopped, said, say: (line: string) => void said.push(line) };
  };

  it('starts a server again when it has ended, reports that, and stops the last one', async () => {
    const { serve, end, stopped, said, say } = createServers();
    const part = await keepServing(serve, say);
    assert.equal(part.description, 'server 1');
    for (const number of [2, 3]) {
      end();
      await waitFor(() => said.at(-1) === `server ${number}`);
    }
    await part.stop();
    assert.deepEqual(stopped, [3]);
  });

  it('does not start the server again after it was stopped', async () => {
    const { serve, end, said, say } = createServers();
    const part = await keepServing(serve, say);
    await part.stop();
    end();
    await new Promise(setImmediate);
    assert.deepEqual(said, []);
  });

  it('stops a server that is still starting', async () => {
    const { serve, end, stopped, said, say } = createServers();
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    let calls = 0;
    const part = await keepServing(async () => {
      if ((calls += 1) === 2) await opened;
      return serve();
    }, say);
    end();
    await waitFor(() => calls === 2);
    const stopping = part.stop();
    open();
    await stopping;
    assert.deepEqual(stopped, [2]);
    assert.deepEqual(said, ['server 2']);
  });

  it('reports the reason when the server cannot be started again', async () => {
    const { serve, end, say } = createServers();
    let calls = 0;
    const part = await keepServing(async () => {
      if ((calls += 1) === 2) throw new Error('the port is taken');
      return serve();
    }, say);
    end();
    assert.equal(await part.lost, 'the port is taken');
    await part.stop();
  });

  it('keeps a server of another process, whose end it cannot observe', async () => {
    const found = { description: 'found', stop: async () => {} };
    const part = await keepServing(async () => found, assert.fail);
    await part.stop();
    assert.equal(part.description, 'found');
  });
});
