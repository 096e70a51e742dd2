import { isAlias, isScalar } from 'yaml';
import type { ParsedNode } from 'yaml';
import { componentName } from './names.ts';
import type { Words } from './problem.ts';
import { quotedText, shownText } from './shown-text.ts';

const exampleLine = 'component: "ref"';

export function keyProblem(key: ParsedNode, component: string): Words | undefined {
  if (isAlias(key) || component === '<<' || (isScalar(key) && key.anchor !== undefined))
    return aliasProblem(component === '' ? 'A component' : shownText(component));
  if (componentName.test(component)) return undefined;
  return {
    code: 'component-name',
    message: `${quotedText(component)} cannot be the name of a component`,
    remedy:
      'use at most 100 letters, digits, dots, dashes and underscores, a letter or digit first',
  };
}

export function valueProblem(
  component: string,
  value: ParsedNode | null,
  text: string,
): Words | undefined {
  if (value === null || (isScalar(value) && value.value === null))
    return typeProblem(component, 'has no ref');
  if (isAlias(value) || value.anchor !== undefined) return aliasProblem(component);
  if (!isScalar(value)) return typeProblem(component, 'holds more than one ref');
  if (value.tag !== undefined) return typeProblem(component, 'has a YAML tag before its ref');
  if (text.slice(value.range[0], value.range[1]).includes('\n'))
    return typeProblem(component, 'has a ref on several lines');
  if (typeof value.value === 'string') return undefined;
  const source = shownText(value.source);
  return {
    code: 'source-ref-type',
    message: `${component}: ${source} has no quotes, so YAML reads a ${typeof value.value}`,
    remedy: `write ${component}: "${source}"`,
  };
}

function typeProblem(component: string, what: string): Words {
  const remedy = `write ${component}: "ref", with one tag, branch or commit between the quotes`;
  return { code: 'source-ref-type', message: `${component} ${what}`, remedy };
}

export function aliasProblem(who: string): Words {
  const remedy = 'write the ref out for each component';
  return { code: 'yaml-alias', message: `${who} uses an anchor, an alias or a merge key`, remedy };
}

export function duplicateProblem(component: string, line: number): Words {
  const message = `${component} stands on line ${line} already`;
  return { code: 'duplicate-key', message, remedy: 'keep one of the two' };
}

export function notAMapping(text: string): Words {
  const message = `${quotedText(text)} is not ${exampleLine}`;
  return { code: 'source-refs-mapping', message, remedy: `write one ${exampleLine} a line` };
}

export function lineProblem(text: string, what: string): Words {
  if (/^ *\t/.test(text))
    return {
      code: 'yaml-tab',
      message: `${quotedText(text)} is indented with a tab, which YAML forbids`,
      remedy: 'remove the indentation',
    };
  return syntaxProblem(quotedText(text), what);
}

export function syntaxProblem(who: string, what: string): Words {
  const why = what.charAt(0).toLowerCase() + what.slice(1).replace(/\.$/, '');
  return {
    code: 'yaml-syntax',
    message: `${who} is not valid YAML: ${why}`,
    remedy: `write the line as ${exampleLine}`,
  };
}

export function tooLarge(length: number, largest: number): Words {
  return {
    code: 'yaml-too-large',
    message: `The file has ${Math.ceil(length / 1024)} KiB, and no more than ${largest / 1024} KiB are read`,
    remedy: 'remove what does not belong into this file',
  };
}
