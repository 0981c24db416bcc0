import * as vscode from 'vscode';
import { lazyTransport } from '../core/http/lazyTransport';
import { loggedTransport } from '../core/http/loggedTransport';
import { Reachability } from '../core/http/reachability';
import { systemClock, type Logger } from '../core/platform/interfaces';
import { developerRealm } from '../core/realm';
import { settings } from './settings';

/**
 * Creates the way to the network, which also knows whether the backend can be reached. The HTTP
 * client is loaded by the first request.
 * @param isWanted whether an unreachable backend is tried again in the background
 */
export function createNetwork(
  extension: vscode.Extension<unknown>,
  logger: Logger,
  isWanted: () => boolean,
): Reachability {
  const transport = lazyTransport(async () => {
    const { createUndiciTransport, describeUserAgent } =
      await import('../core/http/undiciTransport');
    const { version } = extension.packageJSON as { version: string };
    const userAgent = describeUserAgent({ version, editorVersion: vscode.version });
    return createUndiciTransport({ network: () => settings.network(), userAgent });
  });
  return new Reachability({
    transport: loggedTransport(transport, logger, systemClock),
    clock: systemClock,
    backendUrl: () => settings.backendUrl(developerRealm),
    isWanted,
  });
}
