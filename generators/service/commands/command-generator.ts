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
    const { words, given, yes } = call;
    const ask = yes ? undefined : call.ask;
    const changed = await this.definition.change(before, { words, given, yes, ask, context });
    return settleChanges(questions, { before, answers: changed }, context, ask);
  }
}
