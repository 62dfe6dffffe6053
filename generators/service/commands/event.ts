import { UsageError } from '../../core/usage-error.ts';
import { seen } from '../../outside/seen.ts';
import type { Ask } from '../../questions/question.ts';
import type { OwnEvent, Resource, ServiceAnswers } from '../model/answers.ts';
import { fieldGrammar, grammarFault, parseFields } from '../fields/grammar.ts';
import { resourceNames } from '../model/names.ts';
import { ownEventsFault } from '../model/own-event-rules.ts';
import { askFields } from './ask-fields.ts';
import type { Command, CommandCall } from './command.ts';
import { consumersOf } from './consumers-of.ts';
import { chooseResource, findResource } from './find-resource.ts';
import { textsOf } from './given.ts';
import { missing, spelledCall } from './spelling.ts';

const example = 'event order.shipped --fields "carrier:string"';

export const event: Command = {
  name: 'event',
  words: '<resource>.<verb>',
  mostWords: 1,
  description: 'an event about a resource, with its contract, publisher and test',
  flags: [
    { name: 'fields', value: '<fields>', help: 'its data besides the id; without: the resource', many: true },
  ],
  examples: [
    [example, 'adds the event "order.shipped" with the id of the order and a carrier'],
    ['event order.cancelled', 'adds the event "order.cancelled" with all fields of the order'],
  ],
  parts: {
    namesIn: ({ resources }) =>
      resources.flatMap(({ name, events = [] }) => events.map(({ verb }) => `${name}.${verb}`)),
    without: (answers, type, { notes, siblings }) => {
      notes.push(...consumersOf(siblings, type, (each) => each.type === type));
      return changed(answers, type.split('.')[0], (events) =>
        events.filter(({ verb }) => !type.endsWith(`.${verb}`)),
      );
    },
  },
  async change(answers, call) {
    const { resource, verb } = await wordsOf(answers, call);
    const fields = await fieldsOf(resource, call);
    const added = { ...resource, events: [...(resource.events ?? []), { verb, fields }] };
    const fault = ownEventsFault(added);
    if (fault !== undefined) throw new UsageError(fault);
    call.context.notes.push(usage(added, { verb, fields }));
    return changed(answers, resource.name, () => added.events);
  },
};

function changed(
  answers: ServiceAnswers,
  resource: string | undefined,
  change: (events: OwnEvent[]) => OwnEvent[],
): ServiceAnswers {
  const resources = answers.resources.map((each) => {
    if (each.name !== resource) return each;
    const { events: before = [], ...rest } = each;
    const events = change(before);
    return events.length === 0 ? rest : { ...rest, events };
  });
  return { ...answers, resources };
}

async function wordsOf(
  { resources }: ServiceAnswers,
  { words: [word], ask }: CommandCall,
): Promise<{ resource: Resource; verb: string }> {
  if (resources.length === 0)
    throw new UsageError(
      `the service has no resource, and an event is about one; first write ${spelledCall('resource order --fields "code:string"')}`,
    );
  if (word === undefined && ask) return askWords(resources, ask);
  if (word === undefined) throw missing('the event needs a type', example);
  const [name = '', verb = '', ...more] = word.split('.');
  if (verb === '' || more.length > 0)
    throw missing(
      `${seen(word)} is not a resource and a verb in the past tense, joined by "."`,
      `event ${resources[0]?.name}.verb`,
    );
  return { resource: findResource(resources, name), verb };
}

async function askWords(resources: Resource[], ask: Ask): Promise<{ resource: Resource; verb: string }> {
  const [first] = resources;
  const resource =
    first && resources.length === 1 ? first : await chooseResource(ask, 'About which resource?', resources);
  const fault = (verb: string) =>
    ownEventsFault({ ...resource, events: [...(resource.events ?? []), { verb: verb.trim() }] });
  const verb = await ask.text({
    message: 'What has happened, in the past tense, such as "shipped"?',
    validate: (text) => fault(text) ?? true,
  });
  return { resource, verb: verb.trim() };
}

/** Returns undefined for the state of the resource. */
async function fieldsOf({ name }: Resource, call: CommandCall): Promise<OwnEvent['fields']> {
  const text = textsOf(call, 'fields');
  if (text !== undefined) return parseFields(text);
  if (!call.ask) return undefined;
  const message = `Its data besides the id, ${fieldGrammar.replace(/\[:unique\].*/, '[:optional]')}; empty for all fields of the ${name}`;
  const fields = await askFields(call.ask, message, undefined, (typed) =>
    typed.trim() === '' ? undefined : grammarFault(typed),
  );
  return fields.length === 0 ? undefined : fields;
}

function usage({ name }: Resource, { verb, fields }: OwnEvent): string {
  const { camel } = resourceNames(name);
  const data = fields ? `{ ${['id', ...fields.map((field) => field.name)].join(', ')} }` : camel;
  return `Publish it in the transaction of the change, in src/services/${name}-service.ts: await publish.${resourceNames(verb).camel}(${data}, trx);`;
}
