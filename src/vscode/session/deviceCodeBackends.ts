import type * as vscode from 'vscode';
import { isI99dashError } from '../../core/errors';

const WITHOUT = 'i99dash.backendsWithoutDeviceCode';

/** Remembers which backends do not support device codes. */
export class DeviceCodeBackends {
  constructor(private readonly memory: vscode.Memento) {}

  isKnownWithout(backendUrl: string): boolean {
    return this.without.includes(backendUrl);
  }

  /**
   * Signs in with a device code and remembers whether the backend supports it.
   * @throws The errors of the sign-in.
   */
  async follow<T>(backendUrl: string, signIn: () => Promise<T>): Promise<T> {
    try {
      const result = await signIn();
      await this.remember(backendUrl, false);
      return result;
    } catch (error) {
      if (isI99dashError(error, 'DEVICE_CODE_UNSUPPORTED')) {
        await this.remember(backendUrl, true);
      }
      throw error;
    }
  }

  private get without(): string[] {
    return this.memory.get<string[]>(WITHOUT, []);
  }

  private async remember(backendUrl: string, isWithout: boolean): Promise<void> {
    const others = this.without.filter((url) => url !== backendUrl);
    await this.memory.update(WITHOUT, isWithout ? [...others, backendUrl] : others);
  }
}
