import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * How this machine reaches package indexes, for the steps of a build: its certificates, its uv
 * configuration. Secrets leave no trace in an image, and a machine that has none hands none in.
 */
export function hostSecrets(): readonly string[] {
  const certificates = [
    process.env['SSL_CERT_FILE'],
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
  ].find((path) => path !== undefined && existsSync(path));
  const settings = [
    join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'uv/uv.toml'),
    '/etc/uv/uv.toml',
  ].find((path) => existsSync(path));
  return [
    ...(certificates === undefined ? [] : ['--secret', `id=ca.pem,src=${certificates}`]),
    ...(settings === undefined ? [] : ['--secret', `id=uv.toml,src=${settings}`]),
  ];
}
