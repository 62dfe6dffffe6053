import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createOutput, createOutputs } from '../../../src/devkit/dev/output/plain-output.ts';
import { waitFor } from '../../../src/devkit/testing.ts';

describe('the output of services', () => {
  const write = process.stdout.write.bind(process.stdout);
  let printed = '';

  const capture = async (work: () => unknown): Promise<string> => {
    printed = '';
    process.stdout.write = (text) => {
      printed += String(text);
      return true;
    };
    try {
      await work();
      return printed;
    } finally {
      process.stdout.write = write;
    }
  };

  it('appears in whole lines, including the last line', async () => {
    const stream = new PassThrough();
    const bytes = Buffer.from('one\ntwö\nthree');
    const text = await capture(async () => {
      createOutput((line) => `> ${line}`).pass(stream, 'stdout');
      for (const byte of bytes) stream.write(Uint8Array.of(byte)); // ö is two bytes
      stream.end();
      await waitFor(() => printed.includes('three'));
    });
    assert.equal(text, '> one\n> twö\n> three\n');
  });

  it('passes colors of a service to the terminal, but no other control sequences', async () => {
    const text = await capture(async () => {
      const stream = new PassThrough();
      const output = createOutput();
      output.pass(stream, 'stdout');
      output.say('\u001b[2Jcleared');
      stream.end('\u001b[1;31mred\u001b[0m \u001b[2J\u001b]0;title\u0007 \u009b31m \u202eabc\r\n');
      await waitFor(() => printed.includes('abc'));
    });
    assert.equal(
      text,
      '\\u001b[2Jcleared\n\u001b[1;31mred\u001b[0m \\u001b[2J\\u001b]0;title\\u0007 \\u009b31m \\u202eabc\n',
    );
  });

  it('has prefixes of equal width, colored on request', async () => {
    const names = ['user-service', 'mail'];
    const say = (hasColors: boolean) => {
      const outputs = createOutputs(names, hasColors);
      for (const name of names) outputs.get(name)?.say('hello');
      outputs.get('mail')?.say('{"level":"error","msg":"no"}');
    };
    assert.equal(
      await capture(() => say(false)),
      'user-service | hello\nmail         | hello\nmail         | {"level":"error","msg":"no"}\n',
    );
    const colored = await capture(() => say(true));
    assert(colored.includes('\x1b[36muser-service |\x1b[0m hello\n'));
    assert(colored.includes('\x1b[31m{"level":"error","msg":"no"}\x1b[0m\n'));
  });
});
