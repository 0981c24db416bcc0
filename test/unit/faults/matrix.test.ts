import assert from 'node:assert/strict';
import dns from 'node:dns';
import { join } from 'node:path';
import { mock } from 'node:test';
import { createUndiciTransport } from '../../../src/core/http/undiciTransport';
import { openKeyFile } from '../../../src/core/ssh/privateKey';
import { ROUTES } from '../../backend/router';
import { MANIFEST, writeFiles } from '../../support/project';
import { generateTestKey } from '../../support/ssh-key';
import { useTempFolder } from '../../support/temp-folder';
import { themeWith } from '../../support/theme';
import { CALLS } from './calls';
import type { CellParts } from './cell';
import { startElsewhere, type Elsewhere } from './elsewhere';
import { FAULTS, UNKNOWN_HOST, type Times } from './networkFaults';
import { runCell, type CellCase, type CellResult } from './runCell';
import { formatTable } from './table';

const TIMES: readonly Times[] = ['once', 'always'];
/** The number of concurrent cells. Most of them wait for a socket. */
const AT_ONCE = 8;

type Lookup = (host: string, options: dns.LookupOptions, callback: Callback) => void;
type Callback = (error: NodeJS.ErrnoException | null, ...found: unknown[]) => void;

/** Answers lookups of an unknown host here: a real resolver may take longer than a request. */
function failLookupsOf(unknown: string): void {
  const real = dns.lookup as unknown as Lookup;
  const lookup: Lookup = (host, options, callback) => {
    if (host !== unknown) {
      real(host, options, callback);
      return;
    }
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    process.nextTick(callback, error);
  };
  mock.method(dns, 'lookup', lookup as unknown as typeof dns.lookup);
}

describe('every fault of every call', function () {
  this.timeout(240_000);
  const folder = useTempFolder('all');
  const results = new Map<string, Promise<CellResult>>();
  const rejections: unknown[] = [];
  const noteRejection = (reason: unknown): void => void rejections.push(reason);
  let elsewhere: Elsewhere;

  before(async () => {
    failLookupsOf(UNKNOWN_HOST);
    process.on('unhandledRejection', noteRejection);
    elsewhere = await startElsewhere();
    const key = await generateTestKey({ folder: folder.path });
    const parts: CellParts = {
      folder: folder.path,
      projects: await writeProjects(folder.path),
      sockets: createUndiciTransport(),
      key,
      signer: await openKeyFile(key.path),
      otherKey: await generateTestKey({ folder: folder.path, name: 'id_other' }),
    };
    const run = limited(AT_ONCE);
    for (const cellCase of allCases()) {
      const result = run(() => runCell(cellCase, parts, elsewhere));
      result.catch(() => undefined); // reported by its test
      results.set(titleOf(cellCase), result);
    }
  });

  for (const call of CALLS) {
    it(`has the expected outcome for every fault of the call ${call.name}`, async () => {
      const complaints: string[] = [];
      for (const cellCase of casesOf(call)) {
        const title = titleOf(cellCase);
        const { complaint } = await resultOf(title);
        if (complaint !== '') complaints.push(`${title}: ${complaint}`);
      }
      assert.deepEqual(complaints, []);
    });
  }

  it('has a row for every endpoint of the backend', () => {
    const missing = ROUTES.filter(({ pattern }) => /^\/(?:api|storage)\//u.test(pattern))
      .map(({ method, pattern }) => ({
        method,
        path: pattern.replace(':appId', MANIFEST.id).replace(/:\w+/gu, 'x'),
      }))
      .filter(
        ({ method, path }) =>
          !CALLS.some(({ match }) => match.method === method && match.path.test(path)),
      );
    assert.deepEqual(missing, []);
  });

  it('sends nothing to another origin', () => {
    assert.deepEqual(elsewhere.arrivals, []);
  });

  it('leaves no unhandled rejection', () => {
    assert.deepEqual(rejections, []);
  });

  after(async () => {
    mock.restoreAll();
    process.off('unhandledRejection', noteRejection);
    const rows = await Promise.all(
      CALLS.map(async (call) => ({
        name: call.name,
        cells: await Promise.all(
          FAULTS.map(async (fault) => {
            const [once, always] = TIMES.map((times) => titleOf({ call, fault, times }));
            return [await resultOf(once), await resultOf(always)] as const;
          }),
        ),
      })),
    );
    const columns = FAULTS.map(({ name }) => name);
    process.stdout.write(`\n${formatTable(columns, rows)}\n`);
    await elsewhere.close();
  });

  async function resultOf(title = ''): Promise<CellResult> {
    const result = await results.get(title);
    assert.ok(result, `${title} was run`);
    return result;
  }
});

async function writeProjects(folder: string): Promise<CellParts['projects']> {
  const theme = join(folder, 'theme');
  await writeFiles(theme, {
    'theme.json': JSON.stringify(themeWith()),
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  });
  const miniApp = join(folder, 'app');
  await writeFiles(miniApp, {
    'manifest.json': JSON.stringify(MANIFEST),
    'src/icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
    'src/index.html': '<!doctype html><title>Trip log</title>',
  });
  return { miniApp, theme };
}

function allCases(): CellCase[] {
  return CALLS.flatMap(casesOf);
}

function casesOf(call: CellCase['call']): CellCase[] {
  return FAULTS.flatMap((fault) => TIMES.map((times) => ({ call, fault, times })));
}

function titleOf({ call, fault, times }: CellCase): string {
  return `${call.name}, ${fault.name}, ${times}`;
}

/** Runs at most this many tasks at once, in order. */
function limited(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= count) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
