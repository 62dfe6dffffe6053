import path from 'node:path';
import Generator from 'yeoman-generator';
import { planChanges, type Change } from './changes.ts';
import { decideConflicts } from './conflicts.ts';
import { packPristine, pristineFile, readPristine, samePristine, type Pristine } from './pristine.ts';
import { closingLines, planLines } from './report.ts';
import { runStep } from './steps.ts';
import type { Call, Work } from './work.ts';
import { writeFiles } from './write-files.ts';
import { yoRcFile, yoRcText } from './yo-rc.ts';

interface Options {
  call: Call;
}

export type FolderGeneratorClass = new (...args: ConstructorParameters<typeof Generator>) => Generator;

/**
 * A generator that writes one folder, all of it or nothing. It answers its questions and renders before anything is
 * written, compares with what is there, asks about what was changed by hand, and moves the files in together.
 */
export abstract class FolderGenerator extends Generator {
  private work!: Work;
  private changes: Change[] = [];

  constructor(...[args, options, features]: ConstructorParameters<typeof Generator>) {
    super(args, options, features);
    this.setFeatures({
      disableInGeneratorOptionsSupport: true,
      inheritTasks: true,
      customCommitTask: () => this._commit(),
      customInstallTask: true,
    });
    // Yeoman reports a failing task with its name and a stack; main prints the one line that matters.
    Object.assign(this, { log: Object.assign(() => this.log, this.log, { error: () => this.log }) });
  }

  /** Yeoman would read the package.json of the folder in which the command runs, which may be anything. */
  override determineAppname(): string {
    return '';
  }

  /** Answers and renders; writes nothing. */
  protected abstract _plan(call: Call): Promise<Work>;

  private get _call(): Call {
    return (this.options as unknown as Options).call;
  }

  async prompting(): Promise<void> {
    this.work = await this._plan(this._call);
  }

  writing(): void {
    for (const [file, text] of this.work.files) this.fs.write(path.join(this.work.folder, file), text);
  }

  private async _commit(): Promise<void> {
    const { folder, files } = this.work;
    const before = await readPristine(folder);
    const planned = await planChanges(folder, files, before);
    this.changes = planned;
    if (this._call.dryRun) return;
    const force = this._call.force;
    const terminal = this._call.ask !== undefined;
    this.changes = await decideConflicts(planned, { force, terminal, folder, env: this.env });
    await this._write(before);
  }

  private async _write(before: Pristine): Promise<void> {
    const { folder, remembered } = this.work;
    const kept = ({ file, text, status }: Change): [string, string] => [
      file,
      status === 'conflict' ? (before.get(file) ?? text) : text,
    ];
    const pristine = new Map(this.changes.map(kept));
    const memory = new Map([[yoRcFile, await yoRcText(folder, remembered)]]);
    const [yoRc] = await planChanges(folder, memory, new Map());
    const writable = this.changes.filter(({ status }) => status === 'create' || status === 'update');
    const contents = new Map<string, string | Buffer>(writable.map(({ file, text }) => [file, text]));
    if (yoRc && yoRc.status !== 'identical') contents.set(yoRcFile, yoRc.text);
    if (!samePristine(pristine, before)) contents.set(pristineFile, packPristine(pristine));
    if (contents.size > 0) await writeFiles(folder, contents);
  }

  async install(): Promise<void> {
    if (this._call.dryRun) return;
    for (const step of this.work.steps) await runStep(step, this.work.folder);
  }

  end(): void {
    const lines = this._call.dryRun
      ? planLines(this.work, this.changes)
      : closingLines(this.work, this.changes);
    console.log(lines.join('\n'));
  }
}
