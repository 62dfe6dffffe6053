import path from 'node:path';
import Generator from 'yeoman-generator';
import { planChanges, type Change } from '../output/changes.ts';
import { assertClosed } from '../core/closed-folder.ts';
import { decideConflicts } from '../output/conflicts.ts';
import { packPristine, pristineFile, readPristine, samePristine, type Pristine } from '../output/pristine.ts';
import { closingLines, planLines } from '../output/report.ts';
import { runStep } from '../output/steps.ts';
import { print } from '../core/terminal.ts';
import type { Call, Work } from '../output/work.ts';
import { writeFiles } from '../output/write-files.ts';
import { yoRcFile, yoRcText } from '../output/yo-rc.ts';

export type FolderGeneratorClass = new (...args: ConstructorParameters<typeof Generator>) => FolderGenerator;

/**
 * A generator that writes one folder, all of it or nothing. It answers its questions and renders before anything is
 * written, compares with what is there, asks about what was changed by hand, and moves the files in together.
 */
export abstract class FolderGenerator extends Generator {
  /** Set before the generator runs. */
  call: Call | undefined;
  #work: Work | undefined;
  #changes: Change[] = [];

  constructor(...[args, options, features]: ConstructorParameters<typeof Generator>) {
    super(args, options, features);
    this.setFeatures({
      disableInGeneratorOptionsSupport: true,
      inheritTasks: true,
      tasksMatchingPriority: true,
      customCommitTask: () => this.#commit(),
      customInstallTask: true,
    });
    // Yeoman reports a failing task with its name and a stack; main prints the one line that matters.
    Object.assign(this, { log: Object.assign(() => this.log, this.log, { error: () => this.log }) });
  }

  /** Answers the questions and renders; writes nothing. */
  protected abstract plan(call: Call): Promise<Work>;

  async prompting(): Promise<void> {
    this.#work = await this.plan(this.#called);
  }

  writing(): void {
    for (const [file, text] of this.#planned.files)
      this.fs.write(path.join(this.#planned.folder, file), text);
  }

  async install(): Promise<void> {
    if (this.#called.dryRun) return;
    for (const step of this.#planned.steps) await runStep(step, this.#planned.folder);
  }

  end(): void {
    const lines = this.#called.dryRun ? planLines : closingLines;
    print(lines(this.#planned, this.#changes).join('\n'));
  }

  /** Yeoman would read the package.json of the folder in which the command runs, which may be anything. */
  override determineAppname(): string {
    return '';
  }

  /** Yeoman would read a file in the home folder, for answers to questions of its own kind. */
  override _getGlobalStorage(): ReturnType<Generator['_getGlobalStorage']> {
    return this.createStorage('.yo-rc-global.json', 'microservice');
  }

  get #called(): Call {
    if (!this.call) throw new Error('the generator has no name');
    return this.call;
  }

  get #planned(): Work {
    if (!this.#work) throw new Error('the questions have not been answered yet');
    return this.#work;
  }

  async #commit(): Promise<void> {
    const { folder, workspace, files, born, steps } = this.#planned;
    if (workspace !== undefined) await assertClosed(workspace, [wayTo(folder, workspace)]);
    await assertClosed(folder, [...files.keys(), ...steps.flatMap(({ writes }) => writes)]);
    const before = await readPristine(folder);
    const compared = new Map([...before].filter(([file]) => !born.has(file)));
    this.#changes = await planChanges(folder, files, compared);
    const { dryRun, force, ask } = this.#called;
    if (dryRun) return;
    this.#changes = await decideConflicts(this.#changes, {
      force,
      terminal: ask !== undefined,
      folder,
      env: this.env,
    });
    await this.#write(before);
  }

  async #write(before: Pristine): Promise<void> {
    const { folder, born, remembered } = this.#planned;
    const writable = this.#changes.filter(({ status }) => status === 'create' || status === 'update');
    const contents = new Map<string, string | Buffer>(writable.map(({ file, written }) => [file, written]));
    const memory = new Map([[yoRcFile, await yoRcText(folder, remembered)]]);
    const [yoRc] = await planChanges(folder, memory, new Map());
    if (yoRc && yoRc.status !== 'identical') contents.set(yoRcFile, yoRc.written);
    const current = this.#changes.filter(({ status }) => status !== 'leftover');
    const texts = current.map((change): [string, string] => [change.file, pristineText(change, before)]);
    const pristine = new Map([...born, ...texts]);
    if (!samePristine(pristine, before)) contents.set(pristineFile, packPristine(pristine));
    if (contents.size > 0) await writeFiles(folder, contents);
  }
}

const wayTo = (folder: string, above: string) => path.relative(above, folder).split(path.sep).join('/');

/** What an owner's file started from: the text of this run, or of the earlier one where the owner kept theirs. */
const pristineText = ({ file, text, status }: Change, before: Pristine) =>
  status === 'conflict' ? (before.get(file) ?? text) : text;
