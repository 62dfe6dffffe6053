import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newFolder, removeFolders } from './command.ts';

/** The copy of the running test: the folder in which the services were written, and that of the service. */
interface Copy {
  cwd: string;
  folder: string;
}

/** Writes services once for the suite, and gives each test its own copy of them, which may be edited. */
export function copyForEachTest(
  service: string,
  write: (cwd: string) => Promise<void>,
  use: (copy: Copy) => void,
) {
  let first: string;
  let folder: string;
  before(async () => {
    first = await mkdtemp(path.join(tmpdir(), 'generators-'));
    await write(first);
  });
  beforeEach(async () => {
    const cwd = await newFolder();
    await cp(first, cwd, { recursive: true });
    folder = path.join(cwd, service);
    use({ cwd, folder });
  });
  after(() => rm(first, { recursive: true, force: true }));
  afterEach(removeFolders);

  const file = (name: string) => path.join(folder, name);
  const read = (name: string) => readFile(file(name), 'utf8');
  const edit = async (name: string, change: (text: string) => string) =>
    writeFile(file(name), change(await read(name)));
  return { file, read, edit };
}
