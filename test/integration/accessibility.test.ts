import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AppRow } from '../../src/core/apps/appRows';
import type { ReviewState } from '../../src/core/apps/reviewState';
import type { SessionState } from '../../src/core/session/sessionState';
import { CancelledError, I99dashError, type ErrorCode } from '../../src/core/errors';
import type { Problem } from '../../src/core/problem';
import { MINI_APP, THEME } from '../../src/core/projectKind';
import { appNode } from '../../src/vscode/apps/appNode';
import { statusBarView } from '../../src/vscode/session/statusBarView';
import { balanceBadge } from '../../src/vscode/operator/balance';
import type { TaskContext } from '../../src/vscode/publish/publishContext';
import { realmLabels } from '../../src/vscode/session/realmLabels';
import { testerNode } from '../../src/vscode/testers/testerNode';
import { sshKeyNode } from '../../src/vscode/keys/sshKeyNode';
import { failureNode } from '../../src/vscode/ui/failureNode';
import type { TreeNode } from '../../src/vscode/ui/treeNode';
import { TaskTerminal } from '../../src/vscode/tasks/taskTerminal';

/** A state as displayed. */
interface Shown {
  /** Text and icons without colours. */
  seen: string;
  /** The accessibility label. */
  spoken: string;
  /** The theme colour's name; '' for the default. */
  color: string;
}

/** A displayed state and the words that must express it. */
type Told = readonly [shown: Shown, words: RegExp];

const WHO = 'dev@example.com';
const SAID = 'What went wrong is told here.';

const held = {
  minted: undefined,
  profile: {
    ...{ sessionId: 's', source: 'ssh' as const, fingerprint: 'SHA256:abc', keyPath: '/k' },
    account: { devId: 'dev_1', email: WHO, displayName: null, isDeveloper: true },
  },
};

function failure(code: ErrorCode): I99dashError {
  return new I99dashError(code, SAID);
}

function identity(state: SessionState, wallet?: number): Shown {
  const { text, accessibilityLabel, isError, isWarning } = statusBarView(state, {
    ...{
      ui: realmLabels({ id: wallet === undefined ? 'i99dash' : 'i99op' }),
      backend: 'b',
      now: 0,
    },
    badge: balanceBadge(wallet === undefined ? undefined : { balance: wallet, currency: 'EUR' }),
  });
  const color = isError ? 'errorBackground' : isWarning ? 'warningBackground' : '';
  // The digits of a balance do not count as a visual difference.
  return { seen: text.replace(/€[\d.]+/u, '€'), spoken: accessibilityLabel, color };
}

function row({ item }: TreeNode): Shown {
  const { label, description, iconPath, accessibilityInformation } = item;
  assert.ok(iconPath instanceof vscode.ThemeIcon && typeof label === 'string');
  return {
    seen: [`$(${iconPath.id})`, label, description].join(' '),
    spoken: accessibilityInformation?.label ?? '',
    color: iconPath.color?.id ?? '',
  };
}

/** The backend's reason. */
const WORDS: Record<ReviewState, string | null> = {
  unpublished: null,
  inReview: 'pending',
  approved: 'approved',
  rejected: 'rejected',
  other: 'escalated',
};

function app(review: ReviewState): Shown {
  const more: Partial<AppRow> = review === 'rejected' ? { rejectionReason: SAID } : {};
  const known = { appId: 'app', name: 'App', latestVersion: '1.0.0', reviewWord: WORDS[review] };
  return row(appNode({ kind: MINI_APP, ...known, review, ...more }, 0));
}

function theme(): Shown {
  const known = { appId: 'app', name: 'App', latestVersion: null, reviewWord: null };
  return row(appNode({ kind: THEME, ...known, review: 'unlisted' }, 0));
}

function key(purpose: string, isThisKey = false): Shown {
  const known = { id: 'k', name: 'laptop', fingerprint: 'SHA256:abc', keyType: 'ssh-ed25519' };
  return row(sshKeyNode({ ...known, purpose, createdAt: null, lastUsedAt: null }, isThisKey));
}

function tester(status: string): Shown {
  const times = { invitedAt: null, acceptedAt: null, revokedAt: null };
  return row(testerNode('app', { userId: 'u', telegramUsername: 'alice_k', status, ...times }, 0));
}

function failed(error: Error, session: SessionState): Shown {
  return row(failureNode(error, session, 'i99dash.refreshApps'));
}

/** Returns the last line of a task's terminal. */
async function validation(validate: () => Promise<Problem[]>): Promise<Shown> {
  const lines: string[] = [];
  const logger = { error: () => undefined };
  const clock = { now: () => 0, setTimer: (_: number, fire: () => void) => fire() };
  const terminal = new TaskTerminal({ logger, clock, validate } as unknown as TaskContext, {
    ...{ type: 'i99dash', task: 'validate', folder: '/app' },
  });
  const ended = new Promise<unknown>((resolve) => terminal.onDidClose(resolve));
  terminal.onDidWrite((text) => lines.push(text));
  terminal.open();
  await ended;
  const last = (lines.at(-1) ?? '').replaceAll('\u001B', '');
  const [, color = '', text = ''] = /^\[(\d+)m([^[]*)/u.exec(last) ?? [];
  const seen = text.replace(/\d+/gu, '0');
  return { seen, spoken: seen, color };
}

function problem(severity: Problem['severity']): Problem {
  return { severity, rule: 'manifest.size', message: SAID, file: '/app/manifest.json' };
}

describe('accessibility without colours and with a screen reader', () => {
  const sessions = {
    signedOut: { kind: 'signedOut' },
    signingIn: { kind: 'signingIn', settled: { kind: 'signedOut' } },
    signedIn: { kind: 'signedIn', ...held },
    locked: { kind: 'locked', ...held, failure: failure('KEY_ENCRYPTED') },
    offline: { kind: 'offline', ...held, failure: failure('OFFLINE'), retryAt: 0 },
    rejected: { kind: 'rejected', ...held, failure: failure('KEY_REJECTED') },
    environment: {
      ...{ kind: 'environment', variable: 'I99DASH_TOKEN', account: held.profile.account },
    },
  } satisfies Record<SessionState['kind'], SessionState>;
  const identities: Record<SessionState['kind'], Told> = {
    signedOut: [identity(sessions.signedOut), /signed out/u],
    signingIn: [identity(sessions.signingIn), /signing in/u],
    signedIn: [identity(sessions.signedIn), /signed in as/u],
    locked: [identity(sessions.locked), /locked\. Unlock/u],
    offline: [identity(sessions.offline), /offline/u],
    rejected: [identity(sessions.rejected), /no longer accepted/u],
    environment: [identity(sessions.environment), /from the environment/u],
  };
  const refused: SessionState = {
    ...{ kind: 'environment', variable: 'I99DASH_TOKEN', account: undefined },
    failure: failure('NOT_SIGNED_IN'),
  };
  const apps: Record<ReviewState, Told> = {
    unpublished: [app('unpublished'), /unpublished/u],
    inReview: [app('inReview'), /in review/u],
    approved: [app('approved'), /approved/u],
    rejected: [app('rejected'), /rejected/u],
    other: [app('other'), /escalated/u],
  };
  const surfaces: Record<string, () => Promise<Told[]> | Told[]> = {
    'who is signed in, in the status bar': () => [
      ...Object.values(identities),
      [identity(refused), /does not accept I99DASH_TOKEN/u],
    ],
    "the operator's balance": () => [
      [identity(sessions.signedIn, 12_550), /holds €125\.50/u],
      [identity(sessions.signedIn, 420), /is low, €4\.20/u],
      [identity(sessions.rejected, 420), /no longer accepted/u],
    ],
    'an app in the view Apps': () => [...Object.values(apps), [theme(), /theme/u]],
    'why a view could not load': () => [
      [failed(failure('KEY_ENCRYPTED'), sessions.locked), /Unlock/u],
      [failed(failure('KEY_REJECTED'), sessions.rejected), /Sign In Again/u],
      [failed(failure('NOT_SIGNED_IN'), refused), /Ignore It in This Window/u],
      [failed(failure('OFFLINE'), sessions.offline), /told here\. Try Again/u],
      [failed(new Error('?'), sessions.signedIn), /went wrong.* Try Again/u],
    ],
    'a key in the view SSH Keys': () => [
      [key('login', true), /this key/u],
      [key('login'), /login/u],
      [key('attest'), /native apps only/u],
      [key('audit'), /audit/u],
    ],
    'a beta tester in the view Apps': () => [
      [tester('invited'), /^@alice_k, invited$/u],
      [tester('accepted'), /accepted/u],
      [tester('revoked'), /removed/u],
      [tester('paused'), /paused/u],
    ],
    'how a task ended, in its terminal': async () => [
      [await validation(() => Promise.resolve([])), /No errors/u],
      [await validation(() => Promise.resolve([problem('error')])), /0 error/u],
      [await validation(() => Promise.reject(failure('MANIFEST_INVALID'))), /MANIFEST_INVALID/u],
      [await validation(() => Promise.reject(new CancelledError())), /Cancelled/u],
    ],
  };

  for (const [surface, tellAll] of Object.entries(surfaces)) {
    it(`distinguishes every state by text and icon: ${surface}`, async () => {
      const told = await tellAll();
      const colored = new Map<string, string>();
      for (const [{ seen, spoken, color }, words] of told) {
        assert.match(spoken, words);
        assert.doesNotMatch(spoken, /\$\(/u);
        assert.equal(colored.get(seen) ?? color, color, `${seen} differs in colour alone`);
        colored.set(seen, color);
      }
      assert.equal(new Set(told.map(([{ spoken }]) => spoken)).size, told.length);
    });
  }

  it('tells a screen reader everything that is shown about an app', () => {
    const element = appNode(
      {
        ...{ kind: MINI_APP, appId: 'app', name: 'App' },
        ...{ review: 'rejected', reviewWord: 'rejected' },
        ...{ rejectionReason: SAID, latestVersion: '1.0.0' },
        beta: { version: '1.0.0', daysLeft: 3, testers: { count: 2, cap: 5 } },
        lastPublishedAt: '2026-01-02T03:04:05Z',
      },
      Date.parse('2026-01-03T03:04:05Z'),
    );
    const spoken = element.children.map((fact) => row(fact).spoken);
    for (const [place, words] of [
      /^Rejected: What went wrong/u,
      /^Version: latest 1\.0\.0/u,
      /^Beta: 1\.0\.0 · 3 days left · 2 of 5 testers/u,
      /^Last published: .*2026/u,
    ].entries()) {
      assert.match(spoken[place] ?? '', words);
    }
    assert.equal(spoken.length, 4);
  });
});
