import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { execute } from '../../scripts/support/command.ts';
import { temporaryFolder } from '../../scripts/support/temporary-folder.ts';
import { startEveryTypeService, type EveryTypeService } from '../generated/every-type-service.ts';
import { pythonEnvironment, requireTools } from '../support/tools.ts';

const openApiGenerator = 'org.openapitools:openapi-generator-cli:7.17.0';
const here = import.meta.dirname;

/** Needs Java 17, Maven and Python 3 with venv; their packages come from Maven Central and PyPI. */
describe('clients that openapi-generator generates for a service with fields of every type', function () {
  this.timeout(300_000);
  let folder: string;
  let service: EveryTypeService;

  before(async function () {
    await requireTools(this, [
      ['javac', '-version'],
      ['mvn', '--version'],
      ['python3', '-c', 'import venv, ensurepip'],
    ]);
    folder = await temporaryFolder('clients');
    const copy = ['-B', '-q', 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy'];
    await execute('mvn', [...copy, `-Dartifact=${openApiGenerator}`, `-DoutputDirectory=${folder}`], {
      cwd: folder,
    });
    service = await startEveryTypeService();
  });

  after(async () => {
    await service?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function makeClient(generator: string[]): Promise<string> {
    const target = path.join(folder, generator[0] ?? '');
    const jar = path.join(folder, 'openapi-generator-cli-7.17.0.jar');
    const input = ['-i', `${service.url}/openapi.json`, '-o', target];
    await execute('java', ['-jar', jar, 'generate', ...input, '-g', ...generator], { cwd: folder });
    return target;
  }

  it('the Python client creates, gets, lists and changes', async () => {
    const [client, bin] = await Promise.all([
      makeClient(['python']),
      pythonEnvironment(folder, path.join(here, 'requirements.txt')),
    ]);
    const env = { ...process.env, PYTHONPATH: client, PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' };
    await execute(path.join(bin, 'python'), [path.join(here, 'probe.py'), service.url], { cwd: folder, env });
  });

  it('the Java client creates, gets, lists and changes', async () => {
    // Uses Java's own HTTP client and Jackson: this library sends null for an unset field without a type.
    const client = await makeClient(['java', '--library', 'native']);
    const jars = path.join(client, 'jars');
    const dependencies = [
      'dependency:copy-dependencies',
      '-DincludeScope=compile',
      `-DoutputDirectory=${jars}`,
    ];
    await execute('mvn', ['-B', '-q', ...dependencies], { cwd: client });
    const classes = path.join(client, 'classes');
    await mkdir(classes, { recursive: true });
    const sources = ['-sourcepath', path.join(client, 'src', 'main', 'java'), path.join(here, 'Probe.java')];
    await execute('javac', ['-nowarn', '-encoding', 'UTF-8', '-cp', `${jars}/*`, '-d', classes, ...sources], {
      cwd: client,
    });
    await execute('java', ['-cp', `${jars}/*:${classes}`, 'Probe', service.url], { cwd: client });
    await rm(client, { recursive: true });
  });
});
