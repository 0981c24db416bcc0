import { isI99dashError } from '../errors';
import { canRefresh } from '../identity';
import { isJsonObject } from '../platform/json';
import type { Realm } from '../realm';
import { machineId, type MachineStore } from '../platform/machineStore';
import { toKey, type SessionProfile } from './sessionRecord';
import type { KeyRing } from './keyRing';

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
  async load(backendUrl: string, stored: SessionProfile): Promise<SessionProfile> {
    if (!canRefresh(stored.source)) {
      return stored;
    }
    const { sessionId, account, source } = stored;
    const key = parseKey(await this.store.get(this.key(backendUrl)), sessionId);
    if (key !== undefined) {
      return { sessionId, account, ...key };
    }
    // Version 1.0.0 stored one key for all machines. It is on one of them.
    if (stored.fingerprint !== undefined && (await this.isHere(stored))) {
      await this.save(backendUrl, stored);
      return stored;
    }
    return { sessionId, account, source };
  }

  /** Stores the key of a session on this machine. */
  async save(backendUrl: string, profile: SessionProfile): Promise<void> {
    const { sessionId, source, fingerprint } = profile;
    const hasKey = canRefresh(source) && fingerprint !== undefined;
    const key = hasKey ? { sessionId, source, ...toKey(profile) } : undefined;
    await this.store.set(this.key(backendUrl), key);
  }

  /** Removes the key for a backend from this machine. */
  async remove(backendUrl: string): Promise<void> {
    if ((await this.store.get(this.key(backendUrl))) !== undefined) {
      await this.store.set(this.key(backendUrl), undefined);
    }
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

function parseKey(
  value: unknown,
  sessionId: string,
): Pick<SessionProfile, 'source' | 'fingerprint' | 'keyPath'> | undefined {
  if (!isJsonObject(value) || value['sessionId'] !== sessionId) {
    return undefined;
  }
  const { source, fingerprint, keyPath } = value;
  if ((source !== 'ssh' && source !== 'agent') || typeof fingerprint !== 'string') {
    return undefined;
  }
  return { source, fingerprint, ...(typeof keyPath === 'string' ? { keyPath } : {}) };
}
