import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../../scripts/support/temporary-folder.ts';
import { startBroker, type Broker } from '../../../../src/devkit/broker/broker.ts';
import { waitFor } from '../../../../src/devkit/testing/wait-for.ts';
import { gather } from '../kcat.ts';
import type { ListedClient } from './catalog.ts';
import type { Install, Launch } from './client-programs.ts';

/** The JVM ends with it after its shutdown hooks. */
const SIGTERM_OF_JAVA = 143;

const PATIENCE = { timeout: 120_000 };

/** A member of a group that runs in a process of its own. */
interface Member {
  process: ChildProcess;
  values(): number[];
  /** Its last assignment: the generation, or a substitute for it, and the number of partitions. */
  assigned(): { generation: number; partitions: number } | undefined;
}

/** Everyday work of a client on the embedded broker; each command is a separate process. */
export function clientSuite(client: ListedClient, install: Install): void {
  describe(`${client.name} ${client.version}`, function () {
    this.timeout(240_000);
    const topic = 'client.events';
    const members: Member[] = [];
    let folder: string;
    let launch: Launch;
    let broker: Broker;

    before(async function () {
      folder = await temporaryFolder('kafka-client');
      try {
        launch = await install(folder);
      } catch (error) {
        const reason = `${client.name} cannot be installed: ${String(error)}`;
        if (process.env.CI) throw new Error(reason, { cause: error });
        console.log(`      SKIPPED, nothing was tried with it: ${reason}`);
        this.skip();
      }
      broker = await startBroker({ directory: join(folder, 'broker') });
    });
    after(async () => {
      for (const member of members) member.process.kill('SIGKILL');
      await broker?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const begin = (command: string, ...parameters: string[]): ChildProcess => {
      const [program, ...first] = launch;
      return spawn(program, [...first, command, broker.bootstrapServers, topic, ...parameters]);
    };

    /** Resolves to the lines that it prints. */
    async function execute(command: string, ...parameters: string[]): Promise<string[]> {
      const child = begin(command, ...parameters);
      const [output, errors] = [gather(child.stdout), gather(child.stderr)];
      const [code]: unknown[] = await once(child, 'close');
      assert.equal(code, 0, `${command}: ${errors.text()}`);
      return output.text().trim().split('\n');
    }

    function joinGroup(name: string): Member {
      const child = begin('member', 'group', name);
      const [output, errors] = [gather(child.stdout), gather(child.stderr)];
      child.on('exit', (code) => {
        if (code && code !== SIGTERM_OF_JAVA)
          console.log(`      ${name} ended with ${code}: ${errors.text()}`);
      });
      const matches = (pattern: RegExp) => [...output.text().matchAll(pattern)];
      const member = {
        process: child,
        values: () => matches(/^value (\d+)$/gm).map(([, value]) => Number(value)),
        assigned() {
          const last = matches(/^generation (\d+) partitions (\d+)$/gm).at(-1);
          return last && { generation: Number(last[1]), partitions: Number(last[2]) };
        },
      };
      members.push(member);
      return member;
    }

    const hasTwo = (member: Member): boolean => member.assigned()?.partitions === 2;

    async function joinBoth(): Promise<[Member, Member]> {
      const one = joinGroup('one');
      await waitFor(() => one.assigned() !== undefined, { ...PATIENCE, message: 'the first member joins' });
      const two = joinGroup('two');
      await waitFor(() => hasTwo(one) && hasTwo(two), { ...PATIENCE, message: 'the members share' });
      return [one, two];
    }

    async function stop({ process: child }: Member, signal: NodeJS.Signals): Promise<void> {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }

    const seen = (...of: Member[]): number[] => [...new Set(of.flatMap((member) => member.values()))];
    const numbers = (from: number, to: number): number[] =>
      Array.from({ length: to - from }, (_, i) => from + i);

    async function handled(expected: number[], ...of: Member[]): Promise<void> {
      const message = () => `${expected.length} expected, ${seen(...of).length} handled`;
      await waitFor(() => seen(...of).length >= expected.length, { ...PATIENCE, message: message() });
      assert.deepEqual(
        seen(...of).toSorted((a, b) => a - b),
        expected,
      );
    }

    it('creates a topic, produces, and finds offsets', async () => {
      assert.deepEqual(await execute('create'), ['created 4']);
      await execute('produce', '0', '40');
      const [earliest, latest, greatest] = await execute('offsets');
      assert.equal(earliest, 'offsets 0 0 0 0');
      assert.equal(latest, 'offsets 10 10 10 10');
      assert.equal(greatest, 'offsets 9 9 9 9');
    });

    it('shares a topic among static members, and a killed member rejoins without a rebalance', async () => {
      const [one, two] = await joinBoth();
      await handled(numbers(0, 40), one, two);
      const before = one.assigned();
      await stop(two, 'SIGKILL');
      const back = joinGroup('two');
      await waitFor(() => hasTwo(back), { ...PATIENCE, message: 'the second member comes back' });
      await execute('produce', '40', '60');
      await handled(numbers(0, 60), one, two, back);
      assert.deepEqual(one.assigned(), before, 'the first member has seen a rebalance');
      await Promise.all([one, back].map((member) => stop(member, 'SIGTERM')));
    });

    it('continues at its position after the broker has restarted', async () => {
      const { port } = broker;
      await broker.stop();
      broker = await startBroker({ directory: join(folder, 'broker'), port });
      await execute('produce', '60', '80');
      const [one, two] = await joinBoth();
      await handled(numbers(60, 80), one, two);
      await Promise.all([one, two].map((member) => stop(member, 'SIGTERM')));
    });

    it('deletes the topic', async () => {
      assert.deepEqual(await execute('delete'), ['topics']);
    });
  });
}
