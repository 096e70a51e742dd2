import { describe, expect, it } from 'vitest';
import { constraintsOf } from '../../../test/support/constraint-files.ts';
import { constraintsOutput } from './constraints.ts';

describe('a constraint set as a file', () => {
  it('has one pin a line, markers as upstream writes them, and a final newline', () => {
    const { entries } = constraintsOf('PyMySQL===1.1.1', "a===1;python_version=='3.9'");
    const set = entries.map((entry) => ({ ...entry, origin: 'upstream' as const }));
    expect(constraintsOutput(set)).toBe("PyMySQL===1.1.1\na===1;python_version=='3.9'\n");
  });

  it('is empty without pins', () => {
    expect(constraintsOutput([])).toBe('');
  });
});
