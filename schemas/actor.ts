import { z } from 'zod';

/** `gate` and `schedule` act by themselves; everybody else asks. */
export const actorKinds = ['person', 'schedule', 'gate', 'program'] as const;

/**
 * How an actor's name was established:
 *
 * - `unknown`: an earlier release did not record it
 * - `os-user`: the operating system's user name, which anybody can take
 * - `internal`: Reign itself
 * - `session`, `token`, `oidc`: by whoever holds the secret
 */
export const authentications = ['unknown', 'os-user', 'internal', 'session', 'token', 'oidc'] as const;

const name = z.string().regex(/^[^\p{Cc}\s](?:[^\p{Cc}]{0,198}[^\p{Cc}\s])?$/u, 'a name without control characters');

/** Who changes something. */
export const Actor = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.enum(['person', 'program']),
      name,
      authentication: z.enum(authentications).exclude(['internal']),
    }),
    /** Named like the model whose schedule it is. */
    z.strictObject({ kind: z.literal('schedule'), name, authentication: z.literal('internal') }),
    z.strictObject({
      kind: z.literal('gate'),
      name: z.literal('gate'),
      authentication: z.literal('internal'),
      release: z.string().min(1).max(100),
    }),
  ])
  .meta({ id: 'Actor' });
export type Actor = z.infer<typeof Actor>;

/** Stable and readable: `person:ada@os-user`, `gate@0.1.0`. */
export const actorId = (actor: Actor): string =>
  actor.kind === 'gate' ? `gate@${actor.release}` : `${actor.kind}:${actor.name}@${actor.authentication}`;

/** The user of this machine, whom nobody has authenticated. */
export const osUser = (username: string): Actor => ({ kind: 'person', name: username, authentication: 'os-user' });

/** `ada`, of the id `person:ada@os-user`; `gate`, of `gate@0.1.0`. */
export const actorName = (id: string): string => id.replace(/^[a-z]+:/, '').replace(/@[^@]*$/, '');
