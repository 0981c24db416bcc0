import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  readPackageCommands,
  type PackageCommands,
} from '../../../src/core/publish/project/packageCommands';
import { readPipelineBuild } from '../../../src/core/ci/pipelineBuild';
import { workflowText, type WorkflowOptions } from '../../../src/core/ci/workflow';
import { freeWorkflowPath } from '../../../src/core/ci/workflowPath';
import { isI99dashError } from '../../../src/core/errors';
import { makeKeyPair } from '../../../src/core/ssh/keyPair';
import { writeFiles } from '../../support/project';
import { useTempFolder } from '../../support/temp-folder';

const FETCHED: PackageCommands = { install: [], client: 'npx --yes i99dash@7', isFetched: true };
const INSTALLED: PackageCommands = {
  install: ['corepack enable', 'pnpm install --frozen-lockfile --ignore-scripts'],
  client: 'pnpm exec i99dash',
  isFetched: false,
};

const GITHUB: WorkflowOptions = {
  path: '.github/workflows/i99dash-publish.yml',
  directory: '',
  packages: FETCHED,
  keyName: 'acme/tyre-pressure',
  fingerprint: 'SHA256:FdQ5yq3Oe2r0cUL1oFf7kCtBvW1n0m7m1i4y8vJxkEc',
};
const GITLAB: WorkflowOptions = { ...GITHUB, path: '.gitlab-ci.yml' };

const HEAD = `# Publishes the mini-app to i99dash when a version tag is pushed, such as v1.2.0.
#
# I99DASH_SSH_KEY is the private half of an SSH key that was made for this repository alone:
#   acme/tyre-pressure
#   SHA256:FdQ5yq3Oe2r0cUL1oFf7kCtBvW1n0m7m1i4y8vJxkEc
# To end it, remove that key in the view "SSH Keys" of VS Code, or in the web console.
#
# The other way, for a job that is over soon: give it an access token in I99DASH_TOKEN, and leave
`;

interface GithubWorkflow {
  permissions: unknown;
  jobs: {
    publish: {
      defaults?: { run: Record<string, string> };
      steps: { with?: unknown; run?: string }[];
    };
  };
}

interface GitlabPipeline {
  'publish-mini-app': { script: string[] };
}

describe('GitHub Actions workflow', () => {
  it('matches the expected text', () => {
    assert.equal(
      workflowText('github', GITHUB),
      `${HEAD}# out the step "Sign in". The client prefers the token; it lives about 15 minutes.
name: Publish mini-app

on:
  push:
    tags:
      - 'v[0-9]*'

permissions:
  contents: read

concurrency:
  group: i99dash-publish

jobs:
  publish:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false

      - uses: actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0
        with:
          node-version: 22
          package-manager-cache: false

      - name: Check the tag
        run: |
          version=$(node -p "require('./manifest.json').version")
          if [ "$GITHUB_REF_NAME" != "v$version" ]; then
            echo "The tag is $GITHUB_REF_NAME, but manifest.json has version $version."
            exit 1
          fi

      - name: Sign in
        env:
          I99DASH_SSH_KEY: \${{ secrets.I99DASH_SSH_KEY }}
        run: |
          umask 077
          key="$RUNNER_TEMP/i99dash-key"
          trap 'rm -f "$key"' EXIT
          printf '%s\\n' "$I99DASH_SSH_KEY" | tr -d '\\r' > "$key"
          npm_config_ignore_scripts=true npx --yes i99dash@7 login --key "$key"
          rm -f "$key"

      - name: Publish
        run: npx --yes i99dash@7 publish
`,
    );
  });

  it('runs in the folder of the mini-app with its packages, build and client', () => {
    const text = workflowText('github', {
      ...GITHUB,
      directory: 'apps/tyre "pressure"',
      packages: INSTALLED,
      build: 'pnpm bundle',
    });
    assert.match(
      text,
      /\n {4}defaults:\n {6}run:\n {8}working-directory: "apps\/tyre \\"pressure\\""\n {4}steps:\n/u,
    );
    assert.ok(
      text.includes(`
          fi

      # Without scripts of packages: they would run where the key is used.
      - name: Install packages
        run: |
          corepack enable
          pnpm install --frozen-lockfile --ignore-scripts

      - name: Build
        run: |
          export PATH="$PWD/node_modules/.bin:$PWD/../node_modules/.bin:$PWD/../../node_modules/.bin:$PATH"
          pnpm bundle

      - name: Sign in
`),
      text,
    );
    assert.match(text, /\n {10}pnpm exec i99dash login --key "\$key"\n/u);
    assert.match(text, /\n {8}run: pnpm exec i99dash publish\n$/u);
  });

  it('exposes the secret only to the sign-in step', () => {
    const text = workflowText('github', { ...GITHUB, packages: INSTALLED, build: 'a' });
    const steps = text.slice(text.indexOf('    steps:')).split(/\n {6}- /u);
    const withSecret = steps.filter((step) => step.includes('secrets.'));
    assert.equal(withSecret.length, 1);
    assert.match(withSecret[0] ?? '', /^name: Sign in\n/u);
  });
});

describe('GitLab CI/CD pipeline', () => {
  it('matches the expected text', () => {
    assert.equal(
      workflowText('gitlab', {
        ...GITLAB,
        directory: "it's/here",
        packages: INSTALLED,
        build: 'pnpm bundle',
      }),
      `${HEAD}# out the block with "login". The client prefers the token; it lives about 15 minutes.
#
# I99DASH_SSH_KEY is a CI/CD variable of type File, protected, so that only protected tags have it.
publish-mini-app:
  image: node:22
  timeout: 15 minutes
  resource_group: i99dash-publish
  rules:
    - if: '$CI_COMMIT_TAG =~ /^v[0-9]/'
  script:
    - |
      cd 'it'\\''s/here'
    - |
      version=$(node -p "require('./manifest.json').version")
      if [ "$CI_COMMIT_TAG" != "v$version" ]; then
        echo "The tag is $CI_COMMIT_TAG, but manifest.json has version $version."
        exit 1
      fi
    - |
      # Without scripts of packages: they would run where the key is used.
      corepack enable
      pnpm install --frozen-lockfile --ignore-scripts
    - |
      (
      export PATH="$PWD/node_modules/.bin:$PWD/../node_modules/.bin:$PWD/../../node_modules/.bin:$PATH"
      pnpm bundle
      )
    - |
      umask 077
      key="$(mktemp)"
      trap 'rm -f "$key"' EXIT
      cat "$I99DASH_SSH_KEY" | tr -d '\\r' > "$key"
      pnpm exec i99dash login --key "$key"
      rm -f "$key"
    - |
      pnpm exec i99dash publish
`,
    );
  });

  it('explains how to include it under another name', () => {
    const path = '.gitlab/i99dash-publish.yml';
    const text = workflowText('gitlab', { ...GITLAB, path });
    assert.match(
      text,
      /#\n#.*type File.*\n# GitLab reads.*\n# {3}include:\n# {5}- local: "\/\.gitlab\/i99dash-publish\.yml"\npublish/u,
    );
    assert.ok(!workflowText('gitlab', GITLAB).includes('include:'));
  });
});

describe('every workflow', () => {
  const texts = (['github', 'gitlab'] as const).flatMap((service) =>
    ['', 'apps/tyre'].map((directory) =>
      workflowText(service, { ...GITHUB, directory, packages: INSTALLED, build: 'a' }),
    ),
  );

  it('is valid YAML with the expected content for any folder name', () => {
    for (const directory of [
      '',
      'apps/tyre',
      `it's "here"`,
      'a: b # c',
      '- &x *y',
      '{a}, [b]',
      '\u00e9\u0639 \ud83d\ude00',
      '%',
    ]) {
      const options = { ...GITHUB, directory, packages: INSTALLED, build: 'a\n\nb: c # d' };
      const github = parse(workflowText('github', options)) as GithubWorkflow;
      assert.deepEqual(Object.keys(github), ['name', 'on', 'permissions', 'concurrency', 'jobs']);
      assert.deepEqual(github.permissions, { contents: 'read' });
      const job = github.jobs.publish;
      assert.equal(job.defaults?.run['working-directory'] ?? '', directory);
      assert.deepEqual(
        job.steps.slice(0, 2).map(({ with: given }) => given),
        [{ 'persist-credentials': false }, { 'node-version': 22, 'package-manager-cache': false }],
      );
      const gitlab = parse(workflowText('gitlab', options)) as GitlabPipeline;
      assert.deepEqual(Object.keys(gitlab), ['publish-mini-app']);
      const { script } = gitlab['publish-mini-app'];
      assert.ok(script.every((step) => typeof step === 'string'));
      if (directory !== '') {
        const said = spawnSync('/bin/sh', ['-c', `cd() { printf %s "$1"; }; ${script[0]}`]);
        assert.equal(said.stdout.toString(), directory);
      }
    }
  });

  it('pins every action to a commit and names its version', () => {
    const uses = texts.flatMap((text) =>
      [...text.matchAll(/uses: (.*)/gu)].map(([, what]) => what),
    );
    assert.ok(uses.length > 0);
    for (const what of uses) {
      assert.match(what ?? '', /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u);
    }
  });

  for (const [what, directory] of [
    ['U+0085', 'a\u0085  - |\u0085    curl x'],
    ['U+2028', 'a\u2028b'],
    ['a line break', 'a\nb'],
    ['a GitHub expression', 'a/${{ github.token }}'],
    ['a GitLab expression', '$[[ inputs.a ]]'],
    ['a bidirectional control', 'a\u202eb'],
  ] as const) {
    it(`is rejected for a folder whose name contains ${what}`, () => {
      for (const service of ['github', 'gitlab'] as const) {
        assert.throws(
          () => workflowText(service, { ...GITHUB, directory }),
          (error: unknown) =>
            isI99dashError(error, 'VALIDATION_FAILED') &&
            error.message.startsWith('The folder name "'),
        );
      }
    });
  }

  for (const [what, build] of [
    ['a GitHub expression', 'echo ${{ secrets.A }}'],
    ['a GitLab expression', 'echo $[[ inputs.a ]]'],
    ['a control character', 'echo \u0085  - |'],
  ] as const) {
    it(`is rejected for a build command that contains ${what}`, () => {
      for (const service of ['github', 'gitlab'] as const) {
        assert.throws(
          () => workflowText(service, { ...GITHUB, build }),
          (error: unknown) => isI99dashError(error, 'VALIDATION_FAILED'),
        );
      }
    });
  }

  it('is the same for the same key', () => {
    assert.equal(workflowText('github', GITHUB), workflowText('github', { ...GITHUB }));
  });
});

describe('workflow name', () => {
  const choose = (service: 'github' | 'gitlab', ...taken: string[]): Promise<string> =>
    freeWorkflowPath(service, (path) => Promise.resolve(taken.includes(path)));

  it('is the default one, or the next one that is free', async () => {
    const [first, second] = ['', '-2'].map((n) => `.github/workflows/i99dash-publish${n}.yml`);
    assert.equal(await choose('github'), first);
    assert.equal(await choose('github', first ?? ''), second);
    assert.equal(
      await choose('github', first ?? '', second ?? ''),
      '.github/workflows/i99dash-publish-3.yml',
    );
    assert.equal(await choose('gitlab'), '.gitlab-ci.yml');
    const other = '.gitlab/i99dash-publish.yml';
    assert.equal(await choose('gitlab', '.gitlab-ci.yml'), other);
    assert.equal(await choose('gitlab', '.gitlab-ci.yml', other), '.gitlab/i99dash-publish-2.yml');
  });
});

/** A package manager stub that records its calls and runs the client on request. */
const STAND_IN = `#!/bin/sh
echo "$(basename "$0") $*" >> calls
while [ $# -gt 0 ]; do
  case "$1" in
    i99dash | i99dash@*) shift; exec i99dash "$@" ;;
  esac
  shift
done
`;

const BUILT = { scripts: { publish: 'echo built >> calls && i99dash publish' } };
const DEPENDENT = JSON.stringify({ ...BUILT, devDependencies: { i99dash: '^7.1.0' } });

/** The commands that publish each kind of project. */
const PROJECTS: { kind: string; files: Record<string, string>; calls: string[] }[] = [
  {
    kind: 'npm',
    files: { 'package.json': DEPENDENT, 'package-lock.json': '{}' },
    calls: [
      'npm ci --ignore-scripts',
      'built',
      'npx --no-install i99dash login --key …',
      'npx --no-install i99dash publish',
    ],
  },
  {
    kind: 'pnpm',
    files: { 'package.json': DEPENDENT, 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" },
    calls: [
      'corepack enable',
      'corepack prepare pnpm@10 --activate',
      'pnpm install --frozen-lockfile --ignore-scripts',
      'built',
      'pnpm exec i99dash login --key …',
      'pnpm exec i99dash publish',
    ],
  },
  {
    kind: 'yarn 1',
    files: { 'package.json': DEPENDENT, 'yarn.lock': '# yarn lockfile v1\n' },
    calls: [
      'corepack enable',
      'yarn install --frozen-lockfile --ignore-scripts',
      'built',
      'yarn i99dash login --key …',
      'yarn i99dash publish',
    ],
  },
  {
    kind: 'yarn 4',
    files: { 'package.json': DEPENDENT, 'yarn.lock': '# a\n\n__metadata:\n  version: 8\n' },
    calls: [
      'corepack enable',
      'corepack prepare yarn@4 --activate',
      'yarn install --immutable --mode=skip-build',
      'built',
      'yarn i99dash login --key …',
      'yarn i99dash publish',
    ],
  },
  {
    kind: 'bun',
    files: { 'package.json': DEPENDENT, 'bun.lock': '{}' },
    calls: [
      'npm install --global bun@1',
      'bun install --frozen-lockfile --ignore-scripts',
      'built',
      'bunx i99dash login --key …',
      'bunx i99dash publish',
    ],
  },
  {
    kind: 'no lock file and no client',
    files: { 'package.json': JSON.stringify(BUILT) },
    calls: [
      'npm install --ignore-scripts',
      'built',
      'npx --yes i99dash@7 login --key …',
      'npx --yes i99dash@7 publish',
    ],
  },
  {
    kind: 'a build of the client',
    files: {
      'package.json': DEPENDENT,
      'package-lock.json': '{}',
      'sdk.config.json': '{"buildCommand":"npm run build"}',
    },
    calls: [
      'npm ci --ignore-scripts',
      'npx --no-install i99dash login --key …',
      'npx --no-install i99dash publish',
    ],
  },
  {
    kind: 'no packages',
    files: {},
    calls: ['npx --yes i99dash@7 login --key …', 'npx --yes i99dash@7 publish'],
  },
];

describe('workflow commands in a shell', function () {
  before(function () {
    if (process.platform === 'win32') {
      this.skip();
    }
  });
  const folder = useTempFolder();
  const bin = (): string => join(folder.path, 'bin');

  beforeEach(async () => {
    await mkdir(bin());
    // A stub that reads the key as OpenSSH does and reports whether other users could.
    const script = `#!/bin/sh
if [ "$1" = login ]; then
  ssh-keygen -y -f "$3" > '${folder.path}/public' || exit 1
  echo "$3" > '${folder.path}/path'
  ls -l "$3" | cut -c1-10 > '${folder.path}/mode'
fi
echo "i99dash $*" >> '${folder.path}/calls'
`;
    writeFileSync(join(bin(), 'i99dash'), script, { mode: 0o755 });
    for (const program of ['npm', 'npx', 'pnpm', 'yarn', 'bun', 'bunx', 'corepack']) {
      writeFileSync(join(bin(), program), STAND_IN, { mode: 0o755 });
    }
    writeFileSync(join(folder.path, 'manifest.json'), '{"version":"1.2.0"}');
  });

  const noted = (name: string): string => readFileSync(join(folder.path, name), 'utf8').trim();
  const run = (script: string, env: Record<string, string>): number | null =>
    spawnSync('/bin/bash', ['--norc', '-eo', 'pipefail', '-c', script], {
      cwd: folder.path,
      env: { PATH: `${bin()}:${process.env['PATH'] ?? ''}`, ...env },
    }).status;

  for (const [service, ending] of [
    ['github', 'as the GitHub CLI stores it'],
    ['gitlab', 'as a file'],
  ] as const) {
    it(`install the key for ${service}, ${ending}, sign in, and leave no key behind`, async () => {
      const { file, signer } = await makeKeyPair('acme/app');
      const stored = join(folder.path, 'stored');
      writeFileSync(stored, file.toString().replaceAll('\n', '\r\n'));
      const [signIn] = blocks(workflowText(service, GITHUB)).filter((each) =>
        each.includes(' login --key'),
      );
      const status = run(signIn ?? '', {
        RUNNER_TEMP: folder.path,
        I99DASH_SSH_KEY: service === 'github' ? file.toString().trimEnd() : stored,
      });
      assert.equal(status, 0);
      const publicKey = noted('public').split(' ').slice(0, 2);
      assert.deepEqual(publicKey, signer.publicKey.split(' ').slice(0, 2));
      assert.equal(noted('mode'), '-rw-------');
      assert.equal(existsSync(noted('path')), false);
    });

    it(`leave no key behind for ${service} when the sign-in fails`, () => {
      const key = join(folder.path, 'no-key');
      writeFileSync(key, 'no key');
      const [signIn] = blocks(workflowText(service, GITHUB)).filter((each) =>
        each.includes(' login --key'),
      );
      const env = { RUNNER_TEMP: folder.path, TMPDIR: folder.path, I99DASH_SSH_KEY: key };
      assert.notEqual(run(signIn ?? '', env), 0);
      assert.equal(existsSync(join(folder.path, 'i99dash-key')), false);
      assert.deepEqual(
        spawnSync('ls', [folder.path])
          .stdout.toString()
          .match(/tmp\.\S+/gu),
        null,
      );
    });

    it(`stop for ${service} when the tag is another version`, () => {
      const [check] = blocks(workflowText(service, GITHUB));
      const name = service === 'github' ? 'GITHUB_REF_NAME' : 'CI_COMMIT_TAG';
      assert.equal(run(check ?? '', { [name]: 'v1.2.0' }), 0);
      assert.equal(run(check ?? '', { [name]: 'v1.2.1' }), 1);
    });
  }

  for (const { kind, files, calls } of PROJECTS) {
    for (const service of ['github', 'gitlab'] as const) {
      it(`publish a project with ${kind} for ${service}, with its own client and build`, async () => {
        const { file } = await makeKeyPair('acme/app');
        const stored = join(folder.path, 'stored');
        writeFileSync(stored, file);
        await writeFiles(folder.path, files);
        const packages = await readPackageCommands(folder.path, folder.path);
        const build = await readPipelineBuild(folder.path);
        const built = build === undefined ? {} : { build };
        const text = workflowText(service, { ...GITHUB, packages, ...built });
        for (const script of scripts(service, text)) {
          const key = service === 'github' ? file.toString() : stored;
          const env = { RUNNER_TEMP: folder.path, TMPDIR: folder.path, I99DASH_SSH_KEY: key };
          const tag = { GITHUB_REF_NAME: 'v1.2.0', CI_COMMIT_TAG: 'v1.2.0' };
          assert.equal(run(script, { ...env, ...tag }), 0, script);
        }
        const noted = readFileSync(join(folder.path, 'calls'), 'utf8');
        const [login = '', publish = ''] = noted.match(/^i99dash .*$/gmu) ?? [];
        assert.match(login, /^i99dash login --key \S+$/u);
        assert.equal(publish, 'i99dash publish');
        const asked = noted.replace(/^i99dash .*\n/gmu, '').replaceAll(/--key \S+/gu, '--key …');
        assert.deepEqual(asked.trim().split('\n'), calls);
      });
    }
  }
});

/** Returns the shell scripts of a workflow in order, as a YAML parser finds them. */
function scripts(service: 'github' | 'gitlab', text: string): string[] {
  return service === 'github'
    ? (parse(text) as GithubWorkflow).jobs.publish.steps.flatMap(({ run: script }) => script ?? [])
    : (parse(text) as GitlabPipeline)['publish-mini-app'].script;
}

/** Returns the literal blocks (`|`) of a YAML text without their indentation. */
function blocks(text: string): string[] {
  return [...text.matchAll(/^( *)(?:- |\w+: )\|\n((?:\1 {2,}.*\n|\n)+)/gmu)].map(
    ([, , body = '']) => body.replace(new RegExp(`^${/^ */u.exec(body)?.[0] ?? ''}`, 'gmu'), ''),
  );
}
