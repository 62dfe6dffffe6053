import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Command } from '../../src/runtime/commands/input/command.ts';
import { inboxCommand } from '../../src/runtime/commands/inbox.ts';
import { outboxCommand } from '../../src/runtime/commands/outbox.ts';
import { deadLettersCommand, parkedCommand } from '../../src/runtime/commands/parked.ts';
import { readSource, root, sourcesOf } from './source-files.ts';

const commands: Record<string, Command> = {
  inbox: inboxCommand,
  outbox: outboxCommand,
  parked: parkedCommand,
  'dead-letters': deadLettersCommand,
};

describe('the commands in messages and documentation', () => {
  it('have the subcommand that the command requires', () => {
    const pages = readdirSync(path.join(root, 'docs')).filter((file) => file.endsWith('.md'));
    const files = [...sourcesOf('src'), ...pages.map((page) => `docs/${page}`)];
    const advice = files.flatMap((file) => adviceOf(file).map((words) => ({ file, words })));
    assert.ok(advice.length >= 8);
    assert.deepEqual(
      advice
        .filter(({ words: [name = '', word = ''] }) => commands[name] && !hasSubcommand(commands[name], word))
        .map(({ file, words }) => `${file}: npx microservice-runtime ${words.join(' ')}`),
      [],
    );
  });
});

/** The keys of `subcommands` contain the words that must follow, for `--help`. */
const hasSubcommand = ({ subcommands = {} }: Command, word: string): boolean =>
  Object.keys(subcommands).some((each) => each.split(' ')[0] === word);

/** The first two words after each `npx microservice-runtime`, also across the parts of a text. */
function adviceOf(file: string): string[][] {
  const text = readSource(file).replaceAll(/`?\s*\+\n\s*`/g, '');
  return [...text.matchAll(/npx microservice-runtime ([a-z-]+)(?: ([a-z]+))?/g)].map(
    ([, name = '', word = '']) => [name, word],
  );
}
