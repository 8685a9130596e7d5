import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority of one's own, valid from now on. */
export function createAuthority(folder: string, name: string): Certificate {
  const made = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const subject = ['-subj', `/CN=${name}`, '-keyout', made.key, '-out', made.certificate, '-days', '2'];
  openssl('req', '-x509', ...newKey, ...subject, '-addext', 'basicConstraints=critical,CA:TRUE');
  return made;
}

/** A certificate that an authority signs, for these alternative names (`DNS:localhost`), or for the common name alone. */
export function createCertificate(
  folder: string,
  authority: Certificate,
  { name, commonName, names = [], days = 2 }: { name: string; commonName: string; names?: string[]; days?: number },
): Certificate {
  const made = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  const request = join(folder, `${name}.csr`);
  openssl('req', ...newKey, '-subj', `/CN=${commonName}`, '-keyout', made.key, '-out', request);
  const extensions = join(folder, `${name}.ext`);
  writeFileSync(extensions, names.length === 0 ? '' : `subjectAltName=${names.join(',')}\n`);
  const signed = ['-CA', authority.certificate, '-CAkey', authority.key, '-extfile', extensions];
  openssl('x509', '-req', '-in', request, ...signed, '-days', String(days), '-out', made.certificate);
  return made;
}
