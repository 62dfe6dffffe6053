import { didYouMean } from '../../core/suggest.ts';
import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';
import type { ServiceAnswers } from '../model/answers.ts';
import type { Command, CommandCall, Parts } from './call/command.ts';
import { versionIn } from './event-version.ts';
import { missing, unknownPart } from './call/spelling.ts';

const example = 'remove resource order';

type Kind = Command & { parts: Parts };

/** Returns the command that removes the parts that `others` add. */
export function removeCommand(others: readonly Command[]): Command {
  const kinds = others.filter((each): each is Kind => each.parts !== undefined);
  return {
    name: 'remove',
    words: `<${kinds.map(({ name }) => name).join('|')}> <name>`,
    mostWords: 2,
    description: 'removes a part; migrations and files that you changed stay',
    flags: [
      { name: 'version', value: '<number>', help: 'only this version of an event, the oldest published one' },
    ],
    examples: kinds.flatMap(({ examples: [first] }) => {
      const [word, name] = first?.[0].split(' ') ?? [];
      return [[`remove ${word} ${name}`, `removes the ${word} "${name}"`] as const];
    }),
    change: async (answers, given) => {
      const call = withVersionName(given);
      const kind = await kindOf(kinds, answers, call);
      return kind.parts.without(answers, await nameOf(kind, answers, call), call.context);
    },
  };
}

/** `event user.created --version 1` is `event user.created.v1`. */
function withVersionName(call: CommandCall): CommandCall {
  const [version, [kind, name]] = [versionIn(call), call.words];
  if (version === undefined) return call;
  if (kind === 'event' && name !== undefined) return { ...call, words: [kind, `${name}.v${version}`] };
  throw missing('--version belongs to an event', 'remove event order.shipped --version 1');
}

async function kindOf(kinds: Kind[], answers: ServiceAnswers, { words: [word], ask }: CommandCall) {
  const names = kinds.map(({ name }) => name);
  if (word === undefined && ask) {
    const present = kinds.filter(({ parts }) => parts.namesIn(answers).length > 0);
    if (present.length === 0) throw new UsageError(`the service has no ${names.join(', no ')}`);
    const choices = present.map((kind) => ({ name: kind.name, value: kind }));
    return ask.choose({ message: 'Remove what?', choices });
  }
  if (word === undefined) throw missing(`the part to remove is missing (${names.join(', ')})`, example);
  const found = kinds.find(({ name }) => name === word);
  if (found) return found;
  throw new UsageError(
    `${seen(word)} cannot be removed.${didYouMean(word, names)} Removable: ${names.join(', ')}`,
  );
}

async function nameOf(
  { name: kind, parts }: Kind,
  answers: ServiceAnswers,
  { words: [, name], ask }: CommandCall,
): Promise<string> {
  const names = parts.namesIn(answers);
  if (name !== undefined && names.includes(name)) return name;
  if (names.length === 0) throw new UsageError(`the service has no ${kind}`);
  if (name === undefined && ask)
    return ask.choose({
      message: `Which ${kind}?`,
      choices: names.map((each) => ({ name: each, value: each })),
    });
  if (name === undefined) throw missing(`the name of the ${kind} is missing (${names.join(', ')})`, example);
  throw unknownPart(kind, name, names);
}
