/** One life of the extension host in the soak; runs inside VS Code. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { REQUEST_VARIABLE, type Action, type LegFigures, type LegRequest } from './protocol';
import { takeVitals, type Vitals } from './vitals';

/**
 * Uses the extension round after round and reports measurements of the extension host at the start,
 * after the warm-up and at the end.
 * @throws Error when a step failed
 */
export async function run(): Promise<void> {
  const leg = new Leg(JSON.parse(process.env[REQUEST_VARIABLE] ?? '') as LegRequest);
  await leg.live();
}

class Leg {
  private readonly troubles = [() => this.sleep(), () => this.loseBackend()];
  private troublesSoFar = 0;

  constructor(private readonly request: LegRequest) {}

  async live(): Promise<void> {
    const { plan, keyPath } = this.request;
    await vscode.extensions.getExtension('i99dash.i99dash')?.activate();
    if (keyPath !== undefined) {
      await command('i99dash.signIn', { method: 'ssh', keyPath, confirmed: true });
    }
    await command('i99dash.whoAmI'); // signed in, including from the previous life
    const start = await this.look();
    const untilWarm = plan.warmUpRounds;
    for (let round = 1; round <= untilWarm; round++) await this.round(round);
    const warm = await this.look();
    for (let round = untilWarm + 1; round <= plan.roundsPerLeg; round++) await this.round(round);
    const figures: LegFigures = { start, warm, end: await this.look() };
    await this.ask({ kind: 'report', figures });
  }

  private look(): Promise<Vitals> {
    return takeVitals(this.request.folders);
  }

  /** Runs one round of typical use. */
  private async round(round: number): Promise<void> {
    const { plan, apps, brokenApp } = this.request;
    const folder = vscode.Uri.file(apps[round % apps.length] ?? '');
    await edit(folder);
    await command('i99dash.validate', { folder });
    await command('i99dash.publish', { folder, confirmed: true });
    await command('i99dash.publish', { folder, dryRun: true });
    await fails('VALIDATION_FAILED', 'i99dash.publish', {
      folder: vscode.Uri.file(brokenApp),
      confirmed: true,
    });
    await command('i99dash.status', {});
    await command('i99dash.listKeys');
    await command('i99dash.whoAmI');
    for (let count = 0; count < plan.revocationsPerRound; count++) {
      await this.ask({ kind: 'revokeTokens' });
      await recover();
    }
    if (round % plan.troubleEvery === 0) {
      await this.troubles[this.troublesSoFar++ % this.troubles.length]?.();
    }
    await this.ask({ kind: 'awaitRenewals', count: plan.renewalsPerRound });
  }

  private async sleep(): Promise<void> {
    await this.ask({ kind: 'sleep', pid: process.pid, seconds: this.request.plan.sleepSeconds });
    await command('i99dash.whoAmI');
  }

  private async loseBackend(): Promise<void> {
    await this.ask({ kind: 'stopBackend' });
    await fails('OFFLINE', 'i99dash.whoAmI');
    await this.ask({ kind: 'startBackend' });
    await command('i99dash.whoAmI');
  }

  /** @throws Error with the response when it is not a success */
  private async ask(action: Action): Promise<void> {
    // A new connection each time, because a keep-alive connection would be counted.
    const sent = httpRequest(this.request.controlUrl, { method: 'POST', agent: false });
    sent.end(JSON.stringify(action));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    if (answer.statusCode !== 200) {
      throw new Error(`${action.kind}: ${Buffer.concat(chunks).toString()}`);
    }
  }
}

/** Checks a manifest after an edit as the editor does, and reverts the edit. */
async function edit(folder: vscode.Uri): Promise<void> {
  const uri = vscode.Uri.file(join(folder.fsPath, 'manifest.json'));
  const document = await vscode.workspace.openTextDocument(uri);
  const editor = await vscode.window.showTextDocument(document);
  const end = document.lineAt(document.lineCount - 1).range.end;
  await editor.edit((builder) => builder.insert(end, ' '));
  const place = document.positionAt(document.getText().indexOf('"version"') + 1);
  await vscode.commands.executeCommand('vscode.executeHoverProvider', uri, place);
  await vscode.commands.executeCommand('vscode.executeCompletionItemProvider', uri, place);
  await vscode.commands.executeCommand('vscode.executeCodeLensProvider', uri);
  await vscode.commands.executeCommand('workbench.action.files.revert');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('notifications.clearAll');
}

async function command(id: string, args?: object): Promise<void> {
  const result = await vscode.commands.executeCommand(id, args);
  if (result === undefined) throw new Error(`${id} was cancelled`);
}

/**
 * Verifies that calls succeed again after tokens were revoked. A refresh in flight may return a
 * token that was revoked before it arrived, and a call retries with only one newer token; the next
 * call must succeed.
 */
async function recover(): Promise<void> {
  try {
    await command('i99dash.whoAmI');
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'NOT_SIGNED_IN') throw error;
    await command('i99dash.whoAmI');
  }
}

async function fails(code: string, id: string, args?: object): Promise<void> {
  try {
    await vscode.commands.executeCommand(id, args);
  } catch (error) {
    if ((error as { code?: unknown }).code === code) return;
    throw error;
  }
  throw new Error(`${id} did not fail with ${code}`);
}
