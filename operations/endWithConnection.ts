import type { ConnectionOptions } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Interceptor>;
/** gRPC's code of a call that was cancelled: the client does not ask again. */
const cancelled = 1;

/**
 * Ends a question that would be asked again after its connection was closed. gRPC throws then, and the client calls it from
 * a timer: nobody could catch that, and the process would end. To be the innermost of a client's interceptors.
 */
export const endWithConnection: Interceptor = (options, nextCall) => {
  try {
    // What is returned here is only called, never looked at.
    return nextCall(options) as Call;
  } catch (error) {
    return endedCall(error instanceof Error ? error.message : String(error)) as Call;
  }
};

const endedCall = (details: string): Partial<Call> => ({
  start: (metadata, listener) => listener?.onReceiveStatus?.({ code: cancelled, details, metadata }),
  ...{ sendMessage: () => {}, sendMessageWithContext: () => {}, halfClose: () => {}, startRead: () => {} },
  ...{ cancelWithStatus: () => {}, getPeer: () => '', getAuthContext: () => null },
});
