import path from 'node:path';
import { checkOf } from '../../outside/check.ts';
import { topic, version, word } from '../../outside/rules.ts';
import { seen } from '../../outside/seen.ts';

type Json = Record<string, unknown>;

/** Returns the publisher of a contract: its title, or the name of its folder if there is none. */
export function titleIn(info: unknown, file: string): string {
  const check = checkOf(`the contract ${file}`);
  const title = typeof info === 'object' && info !== null && 'title' in info ? info.title : undefined;
  if (title !== undefined) return check(title, word, 'info.title');
  const folder = path.basename(path.dirname(path.resolve(file)));
  return check(folder, word, 'info.title is missing, and the folder name');
}

/** Returns the topic of a channel: its address, or its key if there is none (AsyncAPI 3.0: null is an unknown address). */
export const topicIn = (channel: Json, key: string, file: string): string =>
  checkOf(`the contract ${file}`)(channel['address'] ?? key, topic, `address of channel ${seen(key)}`);

/** Returns the event of a message, with each value checked. `key` is the message's name in the channel. */
export function eventIn(message: Json, key: string, file: string) {
  const check = checkOf(`the contract ${file}`);
  const of = `of message ${seen(key)}`;
  const name = check('name' in message ? message['name'] : key, word, `name ${of}`);
  const [, type = name, digits] = /^(.+)\.v(\d+)$/.exec(name) ?? [];
  const inName = check(Number(digits ?? 1), version, `version in the name ${of}`);
  return {
    type,
    version: 'x-version' in message ? check(message['x-version'], version, `x-version ${of}`) : inName,
    aggregate:
      'x-aggregate' in message
        ? check(message['x-aggregate'], word, `x-aggregate ${of}`)
        : (type.split('.')[0] ?? type),
  };
}
