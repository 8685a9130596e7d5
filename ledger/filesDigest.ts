import { createHash } from 'node:crypto';

/**
 * What names a model's files: sha256 over `{"path":"sha256",...}`, paths in the order of their code points, without blanks
 * and without escaping what is not ASCII. In Python: `json.dumps(files, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
 */
export function filesDigest(files: Readonly<Record<string, string>>): string {
  const entries = Object.entries(files)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([path, hash]) => `${JSON.stringify(path)}:${JSON.stringify(hash)}`);
  return createHash('sha256')
    .update(`{${entries.join(',')}}`)
    .digest('hex');
}
