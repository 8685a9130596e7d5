/**
 * MLflow's own error codes that the same request meets again, however often it is sent. All others pass, or an operator
 * fixes them while the cycle waits: a login that has expired, a quota, a server that starts.
 */
export const finalTrackerCodes: readonly string[] = [
  'ALREADY_EXISTS',
  'BAD_REQUEST',
  'ENDPOINT_NOT_FOUND',
  'INVALID_PARAMETER_VALUE',
  'MALFORMED_REQUEST',
  'NOT_FOUND',
  'NOT_IMPLEMENTED',
  'RESOURCE_ALREADY_EXISTS',
  'RESOURCE_DOES_NOT_EXIST',
];
