import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { pythonBin } from '../settings/home.ts';

/** The server takes any. */
export const s3Credentials = { AWS_ACCESS_KEY_ID: 'tests', AWS_SECRET_ACCESS_KEY: 'tests' };

export interface S3Server {
  readonly endpoint: string;
  readonly client: S3Client;
  /** Makes a bucket; gives what `REIGN_STORE` says of a store in it. */
  makePlace(): Promise<string>;
  stop(): void;
}

/** Starts moto's server, which speaks S3's protocol and keeps everything in memory. */
export async function startS3Server(): Promise<S3Server> {
  Object.assign(process.env, s3Credentials);
  const child = spawn(`${pythonBin}/python`, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const endpoint = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, found] = /Running on (http:\/\/[\d.:]+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error("moto's server does not start")));
  });
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  return {
    endpoint,
    client,
    async makePlace() {
      const Bucket = `reign-${randomBytes(8).toString('hex')}`;
      await client.send(new CreateBucketCommand({ Bucket }));
      return `s3://${Bucket}/some/prefix?endpoint=${endpoint}`;
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
