import { isI99dashError } from '../errors';
import { isRenewable } from '../identity';
import { isJsonObject } from '../platform/json';
import type { Realm } from '../realm';
import { machineId, type MachineStore } from '../platform/machineStore';
import type { SessionProfile } from './sessionRecord';
import type { KeyRing } from './keyRing';

/** The key of a session on one machine. */
interface MachineKey {
  sessionId: string;
  source: 'ssh' | 'agent';
  fingerprint: string;
  keyPath?: string;
}

/**
 * Stores which key each session uses on this machine. Account and token are shared with windows on
 * other machines, where a path may point to something else.
 */
export class MachineKeys {
  private id: Promise<string> | undefined;

  constructor(
    private readonly realm: Realm,
    private readonly store: MachineStore,
    private readonly signers: Pick<KeyRing, 'open'>,
  ) {}

  /** Returns the ID of this machine. */
  machineId(): Promise<string> {
    this.id ??= machineId(this.store);
    return this.id;
  }

  /** Replaces the key in a shared profile by that of this machine. */
  async load<T extends SessionProfile>(backendUrl: string, stored: T): Promise<T> {
    if (!isRenewable(stored.source)) {
      return stored;
    }
    const { fingerprint, keyPath, ...shared } = stored;
    const found = parseKey(await this.store.get(this.key(backendUrl)));
    // A profile without fingerprint and path is valid.
    const profile = shared as SessionProfile as T;
    if (found?.sessionId === stored.sessionId) {
      return { ...this.withFormerKey(profile, fingerprint, keyPath), ...found };
    }
    if (fingerprint === undefined) {
      return profile;
    }
    const former = this.withFormerKey(profile, fingerprint, keyPath);
    const own = { ...former, ...former.formerKey };
    if (!(await this.isHere(own))) {
      return former;
    }
    await this.save(backendUrl, own);
    return own;
  }

  /** Stores the key of a session on this machine. */
  async save(backendUrl: string, profile: SessionProfile): Promise<void> {
    const { sessionId, source, fingerprint, keyPath } = profile;
    const key =
      isRenewable(source) && fingerprint !== undefined
        ? { sessionId, source, fingerprint, ...(keyPath === undefined ? {} : { keyPath }) }
        : undefined;
    await this.store.set(this.key(backendUrl), key);
  }

  /** Removes the key for a backend from this machine. */
  async remove(backendUrl: string): Promise<void> {
    if ((await this.store.get(this.key(backendUrl))) !== undefined) {
      await this.store.set(this.key(backendUrl), undefined);
    }
  }

  private withFormerKey<T extends SessionProfile>(
    profile: T,
    fingerprint: string | undefined,
    keyPath: string | undefined,
  ): T {
    return fingerprint === undefined
      ? profile
      : { ...profile, formerKey: { fingerprint, ...(keyPath === undefined ? {} : { keyPath }) } };
  }

  /** Another machine may have a different key at the same path. */
  private async isHere(profile: SessionProfile): Promise<boolean> {
    const { fingerprint, keyPath } = profile;
    try {
      await this.signers.open(profile);
      return true;
    } catch (error) {
      if (!isI99dashError(error, 'KEY_ENCRYPTED') || keyPath === undefined) {
        return false;
      }
    }
    const { describeKey } = await import('../ssh/keyDiscovery');
    const found = await describeKey(keyPath);
    return found === undefined || found.fingerprint === fingerprint;
  }

  private key(backendUrl: string): string {
    return `${this.realm.id}.key:${backendUrl}`;
  }
}

/** Returns the part of a profile that is stored for all machines. */
export function sharedProfile<T extends SessionProfile>(profile: T): T {
  const shared: T = { ...profile };
  const { formerKey } = profile;
  const optional: SessionProfile = shared;
  delete optional.fingerprint;
  delete optional.keyPath;
  delete optional.formerKey;
  return { ...shared, ...formerKey };
}

function parseKey(value: unknown): MachineKey | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { sessionId, source, fingerprint, keyPath } = value;
  const isKey =
    typeof sessionId === 'string' &&
    (source === 'ssh' || source === 'agent') &&
    typeof fingerprint === 'string' &&
    (keyPath === undefined || typeof keyPath === 'string');
  return isKey
    ? { sessionId, source, fingerprint, ...(keyPath === undefined ? {} : { keyPath }) }
    : undefined;
}
