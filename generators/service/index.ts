import path from 'node:path';
import { shownPath } from '../core/shown-path.ts';
import { UsageError } from '../core/usage-error.ts';
import {
  findSiblings,
  ignored,
  type Note,
  type Place,
  printNote,
  servicesFolder,
  type Sibling,
} from '../output/place.ts';
import { isChanged } from '../output/report.ts';
import { gitInit } from '../output/steps.ts';
import type { Change } from '../output/changes.ts';
import type { Call, Step } from '../output/work.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';
import type { Flag } from '../questions/question.ts';
import { packageVersion } from '../core/version.ts';
import { upgradesBetween } from '../upgrade/upgrades.ts';
import { FolderGenerator } from '../yeoman/folder-generator.ts';
import type { CallWithMemory, Plan, Target } from '../yeoman/plan.ts';
import { unnamed } from './consumes-question.ts';
import { withRememberedTypes } from './clients/remembered-types.ts';
import { serviceName } from './find-service.ts';
import { findEvents } from './contracts/contract-files.ts';
import { serviceFiles } from './files.ts';
import { registrationsIn, unionsIn } from './unions.ts';
import { readHistory, storedTables } from './migrations/history.ts';
import { planMigrations } from './migrations/plan.ts';
import { withNamesOfKilledRun } from './migrations/unfinished.ts';
import type { ServiceAnswers } from './model/answers.ts';
import { installers, runs, type PackageManager } from './model/package-managers.ts';
import { serviceView } from './view/service-view.ts';
import { refuseFaults } from '../questions/answers.ts';
import { questions, serviceOptions } from './questions.ts';
import type { ServiceContext } from './service-context.ts';
import { withFreePorts } from './stored/ports.ts';
import { fromStored, toStored } from './stored/stored-answers.ts';
import { checkAnswers } from './stored/stored-rules.ts';

/** The generator `microservice:service`, which writes one service. */
export class ServiceGenerator extends FolderGenerator<ServiceAnswers, ServiceContext> {
  protected get kind(): string {
    return 'service';
  }

  protected get questions(): typeof questions {
    return questions;
  }

  protected override get extraFlags(): readonly Flag[] {
    return serviceOptions;
  }

  protected async contextOf(call: Call, place: Place): Promise<ServiceContext> {
    const target = namedFolder(call, place);
    const siblings = (await findSiblings(servicesFolder(place), { cwd: call.cwd, target })).filter(
      (sibling) => [call.cwd, target].includes(sibling.folder) || isUsable(sibling, printNote),
    );
    const contracts = call.given.filter(({ flag }) => flag === 'contract');
    const contractFiles = contracts.map(({ value }) => path.resolve(call.cwd, String(value)));
    return {
      siblings,
      contractFiles,
      notes: [],
      publishedEvents: () => findEvents(siblings, contractFiles),
    };
  }

  protected override contextIn(folder: string, context: ServiceContext): ServiceContext {
    return { ...context, siblings: context.siblings.filter((sibling) => sibling.folder !== folder) };
  }

  protected folderOf(name: string, place: Place): string {
    const { cwd, current } = place;
    if (current?.generator === 'service' && current.answers['name'] === name) return cwd;
    return path.join(servicesFolder(place), `${name}-service`);
  }

  protected override async settle(
    answers: ServiceAnswers,
    { folder, context }: Target<ServiceContext>,
    { cwd, given }: Call,
  ): Promise<ServiceAnswers> {
    const found = await findSiblings(path.dirname(folder), { cwd, note: () => undefined });
    const siblings = found.filter(
      (sibling) => sibling.folder !== folder && isUsable(sibling, () => undefined),
    );
    const settled = withFreePorts(answers, { before: context.siblings, now: siblings, given });
    refuseFaults(questions, settled, { ...context, siblings });
    return settled;
  }

  protected override answersOf(
    context: ServiceContext,
    call: CallWithMemory<ServiceAnswers>,
  ): Promise<ServiceAnswers> {
    const isGiven = (flag: string) => call.given.some((each) => each.flag === flag);
    // A new service asks for the events of the contract.
    if (call.stored.consumes && isGiven('contract') && !isGiven('consumes')) unnamed(context.contractFiles);
    return super.answersOf(context, call);
  }

  protected fromStored(stored: Record<string, unknown>, file: string): Partial<ServiceAnswers> {
    return fromStored(stored, file);
  }

  protected async plan(
    given: ServiceAnswers,
    { folder, before, context }: Target<ServiceContext>,
  ): Promise<Plan> {
    const answers = { ...given, clients: await withRememberedTypes(given.clients, folder) };
    const history = await readHistory(folder, before);
    const migrations = planMigrations(serviceView(answers), history);
    return {
      files: withNamesOfKilledRun(await serviceFiles(answers, migrations), history),
      lists: unionsIn,
      registrations: registrationsIn,
      upgrades: before && upgradesBetween(before.version, packageVersion()),
      remembered: { answers: toStored(answers), tables: storedTables(migrations.tables) },
      notes: [...context.notes, ...migrations.notes],
    };
  }

  protected steps({ git, install, packageManager }: ServiceAnswers): Step[] {
    const installing = install ? [installStep(packageManager), contractsStep(packageManager)] : [];
    return [...(git ? [gitInit] : []), ...installing];
  }

  protected next({ install, packageManager, port }: ServiceAnswers): string[] {
    const first = [installers[packageManager].install, `${runs[packageManager]} contracts`];
    return [
      ...(install ? [] : first),
      `${runs[packageManager]} dev    # then http://localhost:${port}/docs`,
      installers[packageManager].test,
    ];
  }

  protected override nextAgain(
    { packageManager, install: isInstalled }: ServiceAnswers,
    changes: readonly Change[],
  ): string[] {
    const written = changes.filter(isChanged).map(({ file }) => file);
    if (written.length === 0) return [];
    const run = runs[packageManager];
    const { install, test } = installers[packageManager];
    const isContractOlder =
      changes.some(({ why }) => why === 'from the code') || written.some((file) => file.startsWith('src/'));
    return [
      ...(written.includes('package.json') && !isInstalled ? [install] : []),
      ...(isContractOlder ? [`${run} contracts`] : []),
      ...(changes.some(({ effect }) => effect === 'removed') ? [`${run} typecheck`] : []),
      ...(written.some((file) => file.startsWith('migrations/')) ? [`${run} db:migrate`] : []),
      test,
    ];
  }
}

/** Returns the folder of the service that the call names; undefined if it names none. */
function namedFolder({ given }: Call, place: Place): string | undefined {
  const flag = given.findLast((each) => each.flag === 'service' || each.flag === 'name');
  return flag && path.join(servicesFolder(place), `${serviceName(String(flag.value))}-service`);
}

/** Reports whether the answers of a service are as a run stores them, and the reason to `note` if not. */
function isUsable({ folder, answers }: Sibling, note: Note): boolean {
  try {
    checkAnswers(answers, shownPath(path.join(folder, yoRcFile)));
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    note(ignored(folder, error));
    return false;
  }
}

const installStep = (program: PackageManager): Step => ({
  program,
  args: ['install'],
  environment: installers[program].environment,
  unless: program === 'npm' ? '--no-install' : '--no-install, or --package-manager npm',
  writes: installers[program].writes,
});

/** Writes openapi.json. Only the running code of the service knows its routes. */
const contractsStep = (program: PackageManager): Step => ({
  program,
  args: ['run', 'contracts'],
  unless: installStep(program).unless,
  writes: ['openapi.json'],
});
