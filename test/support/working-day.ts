import { setImmediate as turn } from 'node:timers/promises';
import { I99dashError, isI99dashError } from '../../src/core/errors';
import type { Clock, Signer } from '../../src/core/platform/interfaces';
import type { Realm } from '../../src/core/realm';
import { DEFAULT_ACCOUNT } from '../backend/server';
import { Activity } from './activity';
import { type DayEvent, type DayShape, planDay } from './day-plan';
import {
  FakeClock,
  FakeMachineStore,
  FakeSecretStore,
  FakeStateStore,
  MemoryLogger,
} from './fakes';
import { MemoryBackend } from './memory-transport';
import { between, seededRandom } from './random';
import { SessionWindow } from './session-window';
import { SkewedClock } from './skewed-clock';

const VERIFY = '/api/v1/auth/ssh/verify';
/**
 * How long a window may take to recover after an offline spell, in milliseconds: the longest wait
 * and a tick.
 */
const RECOVERY_MS = 75_000;

/** The parameters of a simulated day. */
export interface DayOptions {
  readonly realm: Realm;
  readonly backendUrl: string;
  /** The developer's key, which signs in at nine and is never asked for again. */
  readonly signer: Signer;
  /**
   * The same developer's key on another machine that shares store and account: every other window
   * runs there.
   */
  readonly remoteSigner?: Signer;
  readonly shape: DayShape;
  readonly seed: number;
}

/** The results of a day. */
export interface DayTotals {
  calls: number;
  /** Calls that failed because there was no network. */
  offlineFailures: number;
  /** All other failures with time and reason. */
  failures: string[];
  /** Tokens minted by refreshes. */
  mints: number;
  /** Tokens that a window adopted from another one instead of minting its own. */
  adopted: number;
  /** States that need a user action. */
  prompts: string[];
  /** Windows that still looked offline long after the network was back. */
  stuck: string[];
  awakeMinutes: number;
  /** The maximum number of pending timers. */
  timers: number;
  /** The states of the windows at the end. */
  finally: string[];
  /** The paths of the keys that the windows sign with at the end. */
  keyPaths: (string | undefined)[];
}

/** A computer: the key in its home folder and its storage. */
interface Machine {
  readonly signer: Signer;
  readonly keyPath: string;
  readonly machine: FakeMachineStore;
  readonly clock: Clock;
}

/** Simulates one developer, one or two computers, some windows and a working day. */
class WorkingDay {
  readonly totals: DayTotals = {
    ...{ calls: 0, offlineFailures: 0, failures: [], mints: 0, adopted: 0, prompts: [] },
    ...{ stuck: [], awakeMinutes: 0, timers: 0, finally: [], keyPaths: [] },
  };
  private readonly real = new FakeClock();
  private readonly wall = new SkewedClock(this.real);
  private readonly start = this.real.now();
  private readonly activity = new Activity();
  private readonly random: () => number;
  private readonly backend: MemoryBackend;
  private readonly machines: Machine[];
  private readonly windows: SessionWindow[];
  private onlineSince = this.start;

  constructor(private readonly options: DayOptions) {
    const { backendUrl, seed, signer, remoteSigner, shape } = options;
    this.random = seededRandom(seed);
    this.backend = new MemoryBackend({
      url: backendUrl,
      now: () => this.real.now(),
      passage: () => this.passage(),
    });
    this.backend.state.addKey(DEFAULT_ACCOUNT.devId, signer.publicKey);
    const secrets = new FakeSecretStore();
    const state = new FakeStateStore();
    const keyPath = '/home/local/.ssh/id_ed25519';
    this.machines = [{ signer, keyPath, machine: new FakeMachineStore(), clock: this.wall }];
    if (remoteSigner !== undefined) {
      this.backend.state.addKey(DEFAULT_ACCOUNT.devId, remoteSigner.publicKey);
      this.machines.push({
        signer: remoteSigner,
        keyPath: '/home/remote/.ssh/id_ed25519',
        machine: new FakeMachineStore(),
        clock: new SkewedClock(this.real),
      });
    }
    this.windows = Array.from({ length: shape.windows }, (_, index) =>
      this.openWindow(secrets, state, this.machines[index % this.machines.length]!),
    );
  }

  async live(): Promise<DayTotals> {
    const { shape, seed } = this.options;
    for (const [index, { signer, keyPath }] of this.machines.entries()) {
      await this.windows[index]?.session.signInWithKey(signer, { source: 'ssh', keyPath });
    }
    this.windows.forEach((window, index) => this.watch(window, index));
    for (const window of this.windows) await window.look();
    for (const event of planDay(shape, seededRandom(seed + 1_000_000))) {
      await this.passUntil(this.start + event.at);
      await this.take(event);
    }
    await this.passUntil(this.start + shape.hours * 3_600_000);
    return this.sumUp();
  }

  private openWindow(
    secrets: FakeSecretStore,
    state: FakeStateStore,
    { signer, keyPath, machine, clock }: Machine,
  ): SessionWindow {
    const { realm, backendUrl } = this.options;
    return new SessionWindow({
      ...{ realm, secrets, state, machine, random: this.random, activity: this.activity },
      clock,
      logger: new MemoryLogger(),
      transport: this.backend.transport,
      backendUrl: () => backendUrl,
      openKeyFile: (path) =>
        path === keyPath
          ? Promise.resolve(signer)
          : Promise.reject(new I99dashError('KEY_NOT_FOUND', path)),
      openAgentKey: () => Promise.resolve(undefined),
    });
  }

  /** Lets a request take a few turns, so that those of the windows overlap. */
  private async passage(): Promise<void> {
    for (let turns = between(this.random, 0, 3); turns > 0; turns--) await turn();
  }

  private watch({ session }: SessionWindow, index: number): void {
    let token = session.ownSession?.minted?.token;
    session.onDidChange((state) => {
      if (state.kind === 'signedOut' || state.kind === 'locked' || state.kind === 'rejected') {
        this.totals.prompts.push(`${this.time} window ${index}: ${state.kind}`);
      }
      const current = session.ownSession?.minted?.token;
      // Opening an existing session is not a refresh.
      if (token !== undefined && current !== token) this.totals.adopted += 1;
      token = current;
    });
  }

  /** Advances the time from timer to timer and waits for the work of each. */
  private async passUntil(end: number): Promise<void> {
    const before = this.real.now();
    while (this.real.now() < end) {
      await this.activity.idle();
      const next = Math.min(this.real.nextAt ?? end, end);
      this.real.advance(Math.max(0, next - this.real.now()));
      await this.activity.idle();
      this.totals.timers = Math.max(this.totals.timers, this.real.pending);
      this.checkRecovery();
    }
    this.totals.awakeMinutes += Math.max(0, end - before) / 60_000;
  }

  /** Timers that became due during a sleep fire all at once. */
  private async take(event: DayEvent): Promise<void> {
    switch (event.kind) {
      case 'call':
        void this.call(event.window);
        return;
      case 'focus':
        void this.windows[event.window]?.look();
        return;
      default:
        await this.activity.idle();
    }
    switch (event.kind) {
      case 'sleep':
        this.real.jump(event.ms);
        this.onlineSince = Math.max(this.onlineSince, this.real.now());
        return;
      case 'offline':
        this.backend.offline = true;
        return;
      case 'online':
        this.backend.offline = false;
        this.onlineSince = this.real.now();
        return;
      case 'setClock':
        this.wall.set(event.ms);
    }
  }

  private async call(index: number): Promise<void> {
    const { offline } = this.backend;
    this.totals.calls += 1;
    try {
      await this.windows[index]?.session.fetchIdentity();
    } catch (error) {
      if (offline && isI99dashError(error, 'OFFLINE')) this.totals.offlineFailures += 1;
      else this.totals.failures.push(`${this.time} window ${index}: ${String(error)}`);
    }
  }

  private checkRecovery(): void {
    if (this.backend.offline || this.real.now() < this.onlineSince + RECOVERY_MS) return;
    this.windows.forEach(({ session }, index) => {
      if (session.state.kind !== 'signedIn') {
        this.totals.stuck.push(`${this.time} window ${index}: ${session.state.kind}`);
      }
    });
  }

  private sumUp(): DayTotals {
    const verified = this.backend.requests.filter(
      ({ path, status }) => path === VERIFY && status === 200,
    );
    this.totals.mints = verified.length - this.machines.length; // excludes the sign-ins
    this.totals.adopted -= this.totals.mints;
    this.totals.finally = this.windows.map(({ session }) => session.state.kind);
    this.totals.keyPaths = this.windows.map(({ session }) => session.ownSession?.profile.keyPath);
    for (const window of this.windows) window.dispose();
    return this.totals;
  }

  private get time(): string {
    return new Date(this.real.now()).toISOString().slice(11, 19);
  }
}

/** Simulates a working day that starts at nine o'clock. The same seed gives the same day. */
export function liveWorkingDay(options: DayOptions): Promise<DayTotals> {
  return new WorkingDay(options).live();
}
