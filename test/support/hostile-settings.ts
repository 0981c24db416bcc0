/**
 * Workspace settings that must have no effect: each would send a credential elsewhere or skip a
 * question.
 */
export const HOSTILE_SETTINGS: Readonly<Record<string, unknown>> = {
  'i99dash.backendUrl': 'http://127.0.0.1:9',
  'i99dash.webConsoleUrl': 'https://console.example',
  'i99dash.ssh.keyPath': '/dev/zero',
  'i99dash.ssh.useAgent': false,
  'i99dash.ssh.agentSocket': '/tmp/agent.example',
  'i99dash.statusBar.visible': 'never',
  'i99dash.publish.confirm': 'never',
  'i99dash.commands.acceptConfirmed': true,
  'i99op.enabled': true,
  'i99op.backendUrl': 'http://127.0.0.1:9',
};
