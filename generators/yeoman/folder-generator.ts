import path from 'node:path';
import type Generator from 'yeoman-generator';
import { shownPath } from '../core/shown-path.ts';
import { print } from '../core/terminal.ts';
import { packageVersion } from '../core/version.ts';
import { type Change, type Changes, compare } from '../output/changes.ts';
import { commitChanges } from '../output/commit-changes.ts';
import { folderName } from '../output/folder-name.ts';
import { lockFolder, type Release } from '../output/folder-lock.ts';
import { finishWithNote } from '../writing/journal.ts';
import { rememberedBefore } from '../output/yo-rc.ts';
import { findPlace, type Place } from '../output/place.ts';
import { conflictsIn, exitCodeOf, reportLines, resultOf } from '../output/report.ts';
import { checkPrograms, runStep } from '../output/steps.ts';
import { assertStillNew, openTarget } from '../output/target.ts';
import { refuseUncommitted } from '../output/uncommitted.ts';
import type { Call, Step, Work } from '../output/work.ts';
import { yoRcFile } from '../core/yo-rc-file.ts';
import { answerAll } from '../questions/answers.ts';
import type { Flag, Questions } from '../questions/question.ts';
import { escapeDifferences } from './adapter.ts';
import { BaseGenerator } from './base-generator.ts';
import { callFrom } from './call.ts';
import { joinCommit } from './commit.ts';
import { markWritten, textsUnder } from './memory.ts';
import { runFlags } from './options.ts';
import type { CallWithMemory, Plan, Target } from './plan.ts';

/**
 * A generator that writes one folder: all of it, or nothing. It writes only after the questions are answered, the files are
 * rendered, and every composed generator has merged its files. Other generators of the environment can add files to the
 * folder, which gets every file in memory (`this.fs`) after the phase `transform`.
 */
export abstract class FolderGenerator<Answers extends { name: string }, Context> extends BaseGenerator {
  protected readonly call: Call;
  #place: Place | undefined;
  #context: Context | undefined;
  #answered: { answers: Answers; target: Target<Context> } | undefined;
  #work: Work | undefined;
  #changes: Changes | undefined;
  #written = false;
  #release: Release = () => undefined;

  constructor(...[args, options, features]: ConstructorParameters<typeof Generator>) {
    super(args, options, { ...features, customInstallTask: true });
    this.declareWords();
    this.declare([...runFlags, ...this.flagGroups.flat()]);
    this.parseOptions();
    this.call = callFrom(this.options, this.flagGroups, this.env);
    const customCommitTask = this.options.help ? undefined : joinCommit(this.env, () => this.#commit());
    this.setFeatures({ ...(customCommitTask && { customCommitTask }) });
  }

  /** The word of the command, which is stored in `.yo-rc.json`. A getter, like the next two, since the constructor needs it. */
  protected abstract get kind(): string;
  protected abstract get questions(): Questions<Answers, Context>;
  /** Declares the words after the generator to Yeoman. */
  protected declareWords(): void {
    const description = 'the name of the service or workspace';
    this.argument('name', { type: String, required: false, description });
  }

  /** Flags that answer no question. */
  protected get extraFlags(): readonly Flag[] {
    return [];
  }

  /** Returns the context that the questions can read. */
  protected abstract contextOf(call: Call, place: Place): Promise<Context>;
  /** Returns the context once the folder is known. */
  protected contextIn(_folder: string, context: Context): Context {
    return context;
  }

  /** Returns the name of the service or workspace; undefined if it is one of several missing answers. */
  protected nameOf(call: Call, place: Place, context: Context): Promise<string | undefined> {
    const { kind: generator, questions } = this;
    return folderName<Answers, Context>(questions.name, context, { call, place, generator });
  }

  /** Returns the answers of this run. */
  protected answersOf(context: Context, { stored, ...call }: CallWithMemory<Answers>): Promise<Answers> {
    return answerAll(this.questions, context, { ...call, flags: call.given, stored });
  }

  /** Returns the path of the folder with this name. Throws a UsageError if the folder cannot be there. */
  protected abstract folderOf(name: string, place: Place): string;
  /** Checks the answers of an earlier run. Throws a UsageError that names `file`. */
  protected abstract fromStored(stored: Record<string, unknown>, file: string): Partial<Answers>;
  /**
   * Checks the answers against services that other runs have written since the questions, and returns the answers to use.
   * Throws a UsageError for an answer that is not possible anymore.
   */
  protected async settle(answers: Answers, _target: Target<Context>, _call: Call): Promise<Answers> {
    return answers;
  }
  /** Returns the files and the state to store. Writes nothing. */
  protected abstract plan(answers: Answers, target: Target<Context>): Promise<Plan>;
  /** Returns the commands to run after the files are written. */
  protected abstract steps(answers: Answers): Step[];
  /** Returns the commands that the owner should run next in the new folder. */
  protected abstract next(answers: Answers): string[];
  /** Returns the commands that the owner should run after a later run with these changes. */
  protected nextAgain(_answers: Answers, _changes: readonly Change[]): string[] {
    return [];
  }

  async initializing(): Promise<void> {
    this.#place = await findPlace(this.call.cwd);
    this.#context = await this.contextOf(this.call, this.#place);
  }

  async prompting(): Promise<void> {
    const [call, place, context] = [this.call, known(this.#place), this.#context as Context];
    const name = await this.nameOf(call, place, context);
    const folder = name === undefined ? undefined : this.folderOf(name, place);
    const killed = folder === undefined || call.dryRun ? undefined : await finishWithNote(folder);
    const before = folder === undefined ? undefined : await openTarget(folder, this.kind, call);
    const stored = {
      ...(before && folder && this.fromStored(before.answers, shownPath(path.join(folder, yoRcFile)))),
      ...(name !== undefined && { name }),
    } as Partial<Answers>;
    const within = folder === undefined ? context : this.contextIn(folder, context);
    const earlier = killed && rememberedBefore(killed.memory);
    const answers = await this.answersOf(within, {
      ...call,
      stored,
      beforeKilled: earlier && this.fromStored(earlier.answers, yoRcFile),
    });
    const target = { folder: folder ?? this.folderOf(answers.name, place), before, context };
    this.#answered = { answers, target };
  }

  configuring(): Promise<void> {
    return this.#releasing(() => this.#configure());
  }

  async #configure(): Promise<void> {
    const { answers: given, target } = known(this.#answered);
    checkPrograms(this.steps(given));
    const answers = await this.#lockAndSettle(given, target);
    const steps = this.steps(answers);
    const { remembered, notes = [], ...plan } = await this.plan(answers, target);
    this.#work = {
      folder: target.folder,
      workspace: known(this.#place).workspace,
      versionBefore: target.before?.version,
      pending: target.before?.unregistered,
      ...plan,
      remembered: { generator: this.kind, version: packageVersion(), ...remembered },
      notes,
      steps,
      next: this.next(answers),
    };
  }

  writing(): void {
    const { folder, files } = known(this.#work);
    for (const [file, text] of files) this.fs.write(path.join(folder, file), text);
  }

  conflicts(): Promise<void> {
    return this.#releasing(() => this.#merge());
  }

  async #merge(): Promise<void> {
    const work = known(this.#work);
    const files = textsUnder(work.folder, this.env.sharedFs);
    const changes = await compare({ ...work, files });
    const { dryRun, force } = this.call;
    const notes = dryRun || force ? [] : await refuseUncommitted(work.folder, changes);
    const { answers } = known(this.#answered);
    const next = work.versionBefore === undefined ? work.next : this.nextAgain(answers, changes.files);
    this.#work = { ...work, files, notes: [...work.notes, ...notes], next };
    this.#changes = changes;
    escapeDifferences(this.env.adapter); // Yeoman shows those of other generators' files
  }

  async install(): Promise<void> {
    const { dryRun, json } = this.call;
    const hasConflicts = conflictsIn(known(this.#changes)).length > 0;
    if (dryRun || hasConflicts) return;
    const { steps, folder } = known(this.#work);
    for (const step of steps) await runStep(step, { folder, json });
  }

  end(): void {
    const [work, changes, { json }] = [known(this.#work), known(this.#changes), this.call];
    const ending = { ...this.call, written: this.#written };
    print(
      json
        ? JSON.stringify(resultOf(work, changes, ending), null, 2)
        : reportLines(work, changes, ending).join('\n'),
    );
    const code = exitCodeOf(changes, this.call);
    if (code !== 0) process.exitCode = code;
  }

  protected get flagGroups(): (readonly Flag[])[] {
    const questions: Questions<Answers, Context>[keyof Answers][] = Object.values(this.questions);
    return [...questions.map(({ flags }) => flags), ...this.extraFlags.map((flag) => [flag])];
  }

  async #commit(): Promise<void> {
    if (!this.#work) return; // a generator that has cancelled its tasks
    const work = this.#work;
    try {
      if (!this.call.dryRun) this.#written = await commitChanges(work, known(this.#changes));
    } finally {
      this.#release();
    }
    markWritten(work.folder, this.env.sharedFs);
  }

  /**
   * Of the runs that write a new folder into one workspace, one at a time passes from here to the end of its write. The next one
   * then sees the ports of the earlier one. A later run of a folder has its ports already.
   */
  async #lockAndSettle(answers: Answers, target: Target<Context>): Promise<Answers> {
    if (this.call.dryRun || target.before !== undefined) return answers;
    this.#release = await lockFolder(known(this.#place).workspace ?? path.dirname(target.folder));
    await assertStillNew(target.folder, this.kind, this.call);
    return this.settle(answers, target, this.call);
  }

  async #releasing(phase: () => Promise<void>): Promise<void> {
    try {
      await phase();
    } catch (error) {
      this.#release();
      throw error;
    }
  }
}

/** Returns a value that an earlier phase has set. */
function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('a phase of the generator runs before the phase that it needs');
  return value;
}
