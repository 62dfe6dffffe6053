import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

type Answers = Record<string, (...args: never[]) => unknown>;

/** A process of the benchmark, which answers requests. */
export interface Program<Api extends Answers> {
  ask<Name extends keyof Api & string>(
    name: Name,
    ...args: Parameters<Api[Name]>
  ): Promise<Awaited<ReturnType<Api[Name]>>>;
  end(): Promise<void>;
}

/** The folder of a checkout's compiled programs, inside the checkout so that packages are found. */
export const compiledIn = (checkout: string): string =>
  path.join(checkout, 'node_modules', '.cache', 'bench-events');

export const compiledPrograms = compiledIn(path.join(import.meta.dirname, '..', '..'));

interface Question {
  id: number;
  name: string;
  args: never[];
}

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

/**
 * Starts a compiled program, by its name or, of another checkout, by its path; it ends with this process. PROFILE names a
 * folder for its CPU profile. With PROBE, the compiled probe.ts watches it.
 */
export function startProgram<Api extends Answers>(program: string, ...args: string[]): Program<Api> {
  const profile = process.env['PROFILE'];
  const file = path.resolve(compiledPrograms, `${program}.mjs`);
  const profileName = `${path.relative(compiledPrograms, file).replaceAll(/\W+/g, '-')}.cpuprofile`;
  const child = fork(file, args, {
    execArgv: [
      ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`, `--cpu-prof-name=${profileName}`] : []),
      ...(process.env['PROBE'] ? ['--import', path.join(compiledPrograms, 'probe.mjs')] : []),
    ],
    env: { ...process.env, NODE_ENV: 'production', AUTH: 'none' },
  });
  const exited = once(child, 'exit');
  let last = 0;
  return {
    ask: (question, ...given) => ask(child, exited, { id: (last += 1), name: question, args: given }),
    async end() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

async function ask(child: ChildProcess, exited: Promise<unknown>, question: Question): Promise<never> {
  const answered = new Promise<Answer>((resolve) => {
    child.on('message', function listen(answer: Answer) {
      if (answer.id !== question.id) return;
      child.off('message', listen);
      resolve(answer);
    });
  });
  child.send(question);
  const ended = exited.then((): Answer => ({ id: question.id, error: 'its process has ended' }));
  const { value, error } = await Promise.race([answered, ended]);
  if (error !== undefined) throw new Error(`${question.name}: ${error}`);
  return value as never;
}

/** In a program: answers requests until the parent process is gone. */
export function serve(api: Answers): void {
  process.on('message', ({ id, name, args }: Question) => {
    Promise.resolve()
      .then(() => api[name]?.(...args))
      .then(
        (value) => process.send?.({ id, value }),
        (error: unknown) =>
          process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit(0));
}

/** Milliseconds on a clock that all processes of a machine share. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;
