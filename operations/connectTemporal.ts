import { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { errorOf } from '../schemas/errors.ts';
import type { TemporalSettings } from '../settings/givenSettings.ts';
import { claimCheck } from '../store/claimCheck.ts';
import type { Store } from '../store/openStore.ts';
import { endWithConnection } from './endWithConnection.ts';

/** A client of Temporal, connected. What is large goes through the store. */
export async function connectTemporal(
  { address, namespace, connectionOptions }: TemporalSettings,
  store: Store,
): Promise<Client> {
  try {
    const interceptors = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), endWithConnection];
    const connection = await Connection.connect({ ...connectionOptions, interceptors, connectTimeout: '5 seconds' });
    return new Client({ connection, namespace, dataConverter: { payloadCodecs: [claimCheck(store)] } });
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    throw errorOf('OrchestratorUnavailable', 'noAnswerAt', { address, reason }, { cause: error });
  }
}
