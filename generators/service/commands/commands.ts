import { client } from './client.ts';
import type { Command } from './call/command.ts';
import { consumer } from './consumer.ts';
import { event } from './event.ts';
import { field } from './field.ts';
import { ownCommand } from './own-command.ts';
import { removeCommand } from './remove.ts';
import { projection } from './projection.ts';
import { resource } from './resource.ts';
import { saga } from './saga.ts';
import { update } from './update.ts';

const adding: readonly Command[] = [resource, field, event, consumer, projection, saga, client, ownCommand];

/**
 * Every command, in the order of the help and of the question which one to run. The command line, the help, that question, `remove`
 * and the sub-generators of Yeoman are made from this list.
 */
export const commands: readonly Command[] = [...adding, removeCommand(adding), update];

/** Words of commands that a later version has: no service gets such a name by a call of that command. */
export const laterCommands: readonly string[] = ['gateway'];
