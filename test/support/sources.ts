import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseSync, Visitor } from 'oxc-parser';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Import {
  /** Path from the root of the project, or the name of a package. */
  readonly of: string;
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
  /** Names that are taken from it, those of types left out. */
  readonly names: readonly string[];
}

/** A file of ours as the rules of the house look at it. */
export interface Source {
  /** From the root of the project, such as `src/core/time/interval.ts`. */
  readonly path: string;
  readonly imports: readonly Import[];
  /** Everything that is called or made, dotted: `Date.now`, `new Date`, `setTimeout`; with how many arguments. */
  readonly calls: readonly { readonly name: string; readonly args: number }[];
  /** Names that stand by themselves or with their last member: `Temporal.Now`, `process.env`. */
  readonly members: readonly string[];
  /** It holds an `async` function or an `await`. */
  readonly isAsync: boolean;
}

/** Every TypeScript file below a folder of the project. */
export function sourcesOf(folder: string): Source[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .toSorted()
    .map((path) => sourceOf(path));
}

function sourceOf(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8');
  const { program, module } = parseSync(path, text);
  const calls: { name: string; args: number }[] = [];
  const members: string[] = [];
  let isAsync = false;
  const visitor = new Visitor({
    CallExpression(node) {
      calls.push({ name: nameOf(node.callee), args: node.arguments.length });
    },
    NewExpression(node) {
      calls.push({ name: `new ${nameOf(node.callee)}`, args: node.arguments.length });
    },
    MemberExpression(node) {
      members.push(nameOf(node));
    },
    FunctionDeclaration(node) {
      isAsync ||= node.async;
    },
    FunctionExpression(node) {
      isAsync ||= node.async;
    },
    ArrowFunctionExpression(node) {
      isAsync ||= node.async;
    },
    AwaitExpression() {
      isAsync = true;
    },
  });
  visitor.visit(program);
  const imports = module.staticImports.map(({ moduleRequest, entries }) => {
    const values = entries.filter(({ isType }) => !isType);
    return {
      of: resolved(path, moduleRequest.value),
      typeOnly: entries.length > 0 && values.length === 0,
      names: values.map(({ importName }) => importName.name ?? '*'),
    };
  });
  const lazy = module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    of: resolved(path, text.slice(start + 1, end - 1)),
    typeOnly: false,
    names: ['*'],
  }));
  return { path, imports: [...imports, ...lazy], calls, members, isAsync };
}

function resolved(from: string, specifier: string): string {
  return specifier.startsWith('.') ? relative('.', resolve('.', dirname(from), specifier)) : specifier;
}

function nameOf(node: { readonly type: string }): string {
  if (node.type === 'Identifier') return (node as unknown as { readonly name: string }).name;
  if (node.type !== 'MemberExpression') return '…';
  const { object, property } = node as unknown as {
    readonly object: { readonly type: string };
    readonly property: { readonly type: string; readonly name?: string };
  };
  return `${nameOf(object)}.${property.name ?? '…'}`;
}
