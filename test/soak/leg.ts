/** One life of the extension host, as the soak has it: runs inside VS Code. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { REQUEST_VARIABLE, type Action, type LegFigures, type LegRequest } from './protocol';
import { takeVitals, type Vitals } from './vitals';

/**
 * Uses the extension, round after round, and reports what the extension host held at the start, after warming up and at the end.
 * @throws Error when a step did not do what it should
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
    await command('i99dash.whoAmI'); // signed in, from the life before too
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

  /** What somebody does between two looks at the status bar. */
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

  /** @throws Error with the answer when it is none of success */
  private async ask(action: Action): Promise<void> {
    // A connection of its own each time: one that is kept would be among what is counted.
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

/** Looks at a manifest as the editor does while somebody types in it, and takes the change back. */
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
 * Works again after tokens were revoked. A renewal that was under way then may bring a token that was revoked before it arrived, and a call
 * tries one newer token alone; the next call must succeed.
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
