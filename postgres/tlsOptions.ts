import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, getCACertificates, type SecureVersion } from 'node:tls';
import type { ConnectionUrl, PostgresHost } from './connectionUrl.ts';

/**
 * What TLS has to do for one host, with libpq's meaning. Files are read for every connection: certificates are renewed.
 *
 * @throws Error that names the file which is missing or open to others
 */
export function tlsOptions(url: ConnectionUrl, host: PostgresHost): ConnectionOptions {
  const { sslMode, rootCertificates, revocations, maxTlsVersion } = url;
  const ca = rootsOf(url);
  if (ca === undefined && sslMode.startsWith('verify-'))
    throw new Error(`the root certificate file ${rootCertificates} does not exist (sslmode=${sslMode})`);
  return {
    // As in libpq: where there are roots, the chain is checked in every mode; the name in verify-full alone.
    rejectUnauthorized: ca !== undefined,
    ...(ca === undefined ? {} : { ca }),
    ...(ca !== undefined && existsSync(revocations) ? { crl: readFileSync(revocations) } : {}),
    checkServerIdentity: (_, { raw }) =>
      sslMode === 'verify-full' && !isFor(new X509Certificate(raw), host.name)
        ? new Error(`the server's certificate is not for ${host.name}`)
        : undefined,
    ...(isIP(host.name) === 0 ? { servername: host.name } : {}),
    ...clientCertificate(url),
    minVersion: version(url.minTlsVersion),
    ...(maxTlsVersion === undefined ? {} : { maxVersion: version(maxTlsVersion) }),
  };
}

function rootsOf({ rootCertificates }: ConnectionUrl): string[] | undefined {
  if (rootCertificates === 'system') return getCACertificates('system');
  return existsSync(rootCertificates) ? [readFileSync(rootCertificates, 'utf8')] : undefined;
}

function clientCertificate({
  clientCertificate: file,
  clientKey,
  clientKeyPassword,
}: ConnectionUrl): ConnectionOptions {
  if (file === null || !existsSync(file)) return {};
  if (!existsSync(clientKey))
    throw new Error(`the client certificate ${file} is there, but not its private key ${clientKey}`);
  const { mode, uid } = statSync(clientKey);
  // A key of root may be read by a group, as distributions keep them.
  if ((mode & (uid === 0 && process.getuid?.() !== 0 ? 0o037 : 0o077)) !== 0)
    throw new Error(`the private key ${clientKey} can be read by others; its mode must be 0600 or less`);
  const passphrase = clientKeyPassword === undefined ? {} : { passphrase: clientKeyPassword };
  return { cert: readFileSync(file), key: readFileSync(clientKey), ...passphrase };
}

/** Whether a certificate names the host: in its alternative names, or in its common name where it has none of that kind. */
function isFor(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) === 0) {
    return certificate.checkHost(host, { subject: 'default', partialWildcards: false }) !== undefined;
  }
  const hasAddress = /(?:^|, )IP Address:/.test(certificate.subjectAltName ?? '');
  if (certificate.checkIP(host) !== undefined) return true;
  return certificate.checkHost(host, { subject: hasAddress ? 'never' : 'always', wildcards: false }) !== undefined;
}

function version(text: string): SecureVersion {
  const versions: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
  const found = versions.find((one) => one.toLowerCase() === text.toLowerCase());
  if (found === undefined) throw new Error(`TLS has no version ${text}; expected is one of ${versions.join(', ')}`);
  return found;
}
