import { parseYaml } from '../../definition/parseYaml.ts';
import { problemLine, problemsOf } from '../../definition/problems.ts';
import { parseDefinition } from '../../definition/readDefinition.ts';
import type { Definition } from '../../schemas/definition.ts';
import { errorOf } from '../../schemas/errors.ts';
import { Gate } from '../../schemas/gate.ts';

/** What predictions are to be judged by. */
export interface GivenPolicy {
  readonly gate: Gate;
  /** Where a whole definition was given: it also says what is judged. */
  readonly definition: Definition | null;
}

/**
 * Reads a policy: YAML with one mapping `gate`, or a whole definition.
 *
 * @param name what messages call the file
 * @throws ReignError DefinitionInvalid with one line for each problem, or UsageInvalid where it is neither
 */
export function parsePolicy(name: string, text: string): GivenPolicy {
  const parsed = parseYaml(text);
  if ('errors' in parsed) {
    const lines = parsed.errors.map(
      ({ position, message }) => `${name}:${position.line}:${position.column} ${message}`,
    );
    throw errorOf('DefinitionInvalid', 'problems', { problems: lines.join('\n') });
  }
  const { data, positions } = parsed;
  const fields = Object.keys(Object(data));
  if (fields.includes('source')) {
    const { definition } = parseDefinition(name, text);
    return { gate: definition.gate, definition };
  }
  if (fields.length !== 1 || fields[0] !== 'gate') {
    const found = fields.length === 0 ? 'no mapping' : fields.slice(0, 5).join(', ');
    throw errorOf('UsageInvalid', 'policyForm', { file: name, found });
  }
  const { gate } = data as { gate: unknown };
  const result = Gate.safeParse(gate ?? {});
  if (result.success) return { gate: result.data, definition: null };
  const lines = problemsOf(result.error.issues, gate).map((problem) => {
    const within = { ...problem, path: ['gate', ...problem.path] };
    const { line, column } = problem.atName ? positions.ofName(within.path) : positions.ofValue(within.path);
    return `${name}:${line}:${column} ${problemLine(within)}`;
  });
  throw errorOf('DefinitionInvalid', 'problems', { problems: lines.join('\n') });
}
