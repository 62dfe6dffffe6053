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
    words: `<${kinds.map(({ name }) => name).join('|')}> <name> [<name> ...]`,
    mostWords: Infinity,
    description: 'removes a part; migrations and files that you changed stay',
    flags: [
      {
        name: 'version',
        value: '<number>',
        help: 'only this version: the oldest one of an event, or any of a projection',
      },
    ],
    examples: kinds.flatMap(({ examples: [first] }) => {
      const [word, name] = first?.[0].split(' ') ?? [];
      return [[`remove ${word} ${name}`, `removes the ${word} "${name}"`] as const];
    }),
    change: async (answers, given) => {
      const call = withVersionName(given);
      const kind = await kindOf(kinds, answers, call);
      const names = await namesOf(kind, answers, call);
      return names.reduce((rest, name) => kind.parts.without(rest, name, call.context), answers);
    },
  };
}

/** `event user.created --version 1` is `event user.created.v1`. */
function withVersionName(call: CommandCall): CommandCall {
  const [version, [kind, name, ...more]] = [versionIn(call), call.words];
  if (version === undefined) return call;
  if ((kind === 'event' || kind === 'projection') && name !== undefined && more.length === 0)
    return { ...call, words: [kind, `${name}.v${version}`] };
  throw missing('--version belongs to one event or projection', 'remove event order.shipped --version 1');
}

async function kindOf(kinds: Kind[], answers: ServiceAnswers, call: CommandCall): Promise<Kind> {
  const {
    words: [word],
    ask,
  } = call;
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
  throw notRemovable(word, { kinds, answers, call });
}

function notRemovable(
  word: string,
  { kinds, answers, call }: { kinds: Kind[]; answers: ServiceAnswers; call: CommandCall },
): UsageError {
  if (word === 'field') return fieldIsLeaving(answers, call);
  const names = kinds.map(({ name }) => name);
  const owner = kinds.find(({ parts }) => parts.namesIn(answers).includes(word));
  if (owner) return missing(`the kind of ${seen(word)} is missing`, `remove ${owner.name} ${word}`);
  return new UsageError(
    `${seen(word)} cannot be removed.${didYouMean(word, names)} Removable: ${names.join(', ')}`,
  );
}

/** The column of a field leaves with the next release, so the command `field` removes it. */
function fieldIsLeaving({ resources }: ServiceAnswers, { words }: CommandCall): UsageError {
  const [, name, field = '<field>'] = words;
  const found = resources.find((each) => each.name === name);
  const names = resources.map((each) => each.name);
  if (name !== undefined && !found) return unknownPart('resource', name, names);
  return missing(
    'a field is removed over two releases, by the command "field"',
    `field ${name ?? names[0] ?? 'order'} --remove ${field}`,
  );
}

/** Each of the names belongs to a part of this kind. */
async function namesOf(
  { name: kind, parts }: Kind,
  answers: ServiceAnswers,
  { words: [, ...given], ask }: CommandCall,
): Promise<string[]> {
  const names = parts.namesIn(answers);
  const odd = given.find((name) => !names.includes(name));
  const why = odd === undefined ? undefined : parts.whyKept?.(answers, odd);
  if (why !== undefined) throw new UsageError(why);
  if (names.length === 0) throw new UsageError(`the service has no ${kind} to remove`);
  if (odd !== undefined) throw unknownPart(kind, odd, names);
  if (given.length > 0) return [...new Set(given)];
  if (!ask)
    throw missing(`the name of the ${kind} is missing (${names.join(', ')})`, `remove ${kind} ${names[0]}`);
  const choices = names.map((each) => ({ name: each, value: each }));
  return [await ask.choose({ message: `Which ${kind}?`, choices })];
}
