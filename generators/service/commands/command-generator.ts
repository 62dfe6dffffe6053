import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../../core/usage-error.ts';
import type { Place } from '../../output/place.ts';
import type { Call } from '../../output/work.ts';
import { settleChanges } from '../../questions/answers.ts';
import type { Flag } from '../../questions/question.ts';
import type { GeneratorClass } from '../../yeoman/base-generator.ts';
import type { CallWithMemory } from '../../yeoman/plan.ts';
import { ServiceGenerator } from '../index.ts';
import type { ServiceAnswers } from '../model/answers.ts';
import { questions } from '../questions.ts';
import type { ServiceContext } from '../service-context.ts';
import { toStored } from '../stored/stored-answers.ts';
import type { Command } from './call/command.ts';
import { findService, serviceFlag } from '../find-service.ts';
import { isGiven, textsOf } from './call/given.ts';

/** Returns the generator `microservice:<command>`, which changes the answers of a service and merges the difference. */
export function generatorOf(definition: Command): GeneratorClass {
  return class extends CommandGenerator {
    protected get definition(): Command {
      return definition;
    }
  };
}

const asStored = (answers: ServiceAnswers): unknown => JSON.parse(JSON.stringify(toStored(answers)));

abstract class CommandGenerator extends ServiceGenerator {
  /** A getter, since the constructor needs it. */
  protected abstract get definition(): Command;

  protected override get flagGroups(): (readonly Flag[])[] {
    return [...this.definition.flags, serviceFlag].map((flag) => [flag]);
  }

  protected override declareWords(): void {
    this.argument('words', { type: Array, required: false, description: this.definition.words });
  }

  override async initializing(): Promise<void> {
    const { instead } = this.definition;
    if (!instead || !isGiven(this.call, instead.flag)) return super.initializing();
    await instead.run(this.call);
    this.cancelCancellableTasks();
  }

  protected override async nameOf(call: Call, place: Place, { siblings }: ServiceContext): Promise<string> {
    const { name: command, mostWords } = this.definition;
    const extra = call.words[mostWords];
    if (extra !== undefined)
      throw new UsageError(`unexpected argument "${extra}" of "${command}"; see --help`);
    return findService(textsOf(call, 'service'), place, { siblings, command });
  }

  protected override async answersOf(
    context: ServiceContext,
    call: CallWithMemory<ServiceAnswers>,
  ): Promise<ServiceAnswers> {
    const before = await super.answersOf(context, { ...call, given: [] });
    if (call.beforeKilled && (await this.#wasKilled(before, call.beforeKilled, { call, context })))
      return before;
    return this.#changed(before, call, context);
  }

  async #changed(before: ServiceAnswers, call: Call, context: ServiceContext): Promise<ServiceAnswers> {
    const { words, given, yes } = call;
    const ask = yes ? undefined : call.ask;
    const answers = await this.definition.change(before, { words, given, yes, ask, context });
    return settleChanges(questions, { before, answers }, context, ask);
  }

  /** Reports whether the killed run, which this run has finished, was this command: it then makes the present answers of the earlier ones. */
  async #wasKilled(
    present: ServiceAnswers,
    stored: Partial<ServiceAnswers>,
    { call, context }: { call: CallWithMemory<ServiceAnswers>; context: ServiceContext },
  ): Promise<boolean> {
    const again = { ...context, notes: [] as string[] };
    const silent = { ...call, ask: undefined };
    try {
      const before = await super.answersOf(again, { ...silent, stored, given: [] });
      const changed = await this.#changed(before, silent, again);
      if (!isDeepStrictEqual(asStored(changed), asStored(present))) return false;
    } catch (error) {
      if (error instanceof UsageError) return false;
      throw error;
    }
    context.notes.push('The killed run was this command.', ...again.notes);
    return true;
  }
}
