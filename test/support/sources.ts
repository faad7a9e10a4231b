import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { parseSync, visitorKeys, type Node } from 'oxc-parser';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Import {
  /** Path from the root of the project, or the name of a package. */
  readonly of: string;
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
  /** Names that are taken from it, those of types left out. */
  readonly names: readonly string[];
}

/** A name where it is used; the longest one, so that `process.env.HOME` is no use of `process`. */
export interface Use {
  /**
   * Dotted: `Date.now`, also for `Date['now']`. What is no name in it is `…`, as in `….write` for `open().write`.
   * The pattern `{ write } = database` uses `database.write`, and a parameter `{ write }` uses `….write`. A regular expression is `RegExp`.
   */
  readonly name: string;
  readonly as: 'call' | 'new' | 'value';
  /** How many are handed to the call. */
  readonly args: number;
}

/** A file of ours as the rules of the house look at it. */
export interface Source {
  /** From the root of the project, such as `src/core/time/interval.ts`. */
  readonly path: string;
  /** What it exports from another file is imported too. */
  readonly imports: readonly Import[];
  /** Types are left out. The name of a variable of its own is a use as well: the rules need no scopes then. */
  readonly uses: readonly Use[];
  /** It holds an `async` function or an `await`. */
  readonly isAsync: boolean;
}

/** Every TypeScript file below a folder of the project. */
export function sourcesOf(folder: string): Source[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .toSorted()
    .map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8')));
}

/** @param path tells what its relative imports mean; there need be no such file */
export function sourceOf(path: string, text: string): Source {
  const { program, module, errors } = parseSync(path, text, { sourceType: 'module' });
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0]!.message}`);
  const imports = module.staticImports.map(({ moduleRequest, entries }) => {
    const values = entries.filter(({ isType }) => !isType);
    return {
      of: resolved(path, moduleRequest.value),
      typeOnly: entries.length > 0 && values.length === 0,
      names: values.map(({ importName }) => importName.name ?? '*'),
    };
  });
  const exported = module.staticExports
    .flatMap(({ entries }) => entries)
    .flatMap(({ moduleRequest, isType, importName }) =>
      moduleRequest === null
        ? []
        : [{ of: resolved(path, moduleRequest.value), typeOnly: isType, names: [importName.name ?? '*'] }],
    );
  const lazy = module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
    of: resolved(path, text.slice(start + 1, end - 1)),
    typeOnly: false,
    names: ['*'],
  }));
  return { path, imports: [...imports, ...exported, ...lazy], ...usesOf(program) };
}

function resolved(from: string, specifier: string): string {
  return specifier.startsWith('.') ? relative('.', resolve('.', dirname(from), specifier)) : specifier;
}

function usesOf(program: Node): Pick<Source, 'uses' | 'isAsync'> {
  const uses: Use[] = [];
  let isAsync = false;
  const sourceOfPattern = new Map<Node, string>();
  const look = (node: Node): void => {
    isAsync ||= node.type === 'AwaitExpression' || ('async' in node && node.async) || ('await' in node && node.await);
    const rest: Node[] = [];
    switch (node.type) {
      case 'CallExpression':
      case 'NewExpression': {
        const as = node.type === 'NewExpression' ? 'new' : 'call';
        uses.push({ name: nameOf(node.callee, rest), as, args: node.arguments.length });
        rest.push(...node.arguments);
        break;
      }
      case 'Identifier':
      case 'MemberExpression':
        uses.push({ name: nameOf(node, rest), as: 'value', args: 0 });
        break;
      case 'VariableDeclarator':
        if (node.init !== null) sourceOfPattern.set(node.id, nameOf(node.init, []));
        rest.push(...childrenOf(node));
        break;
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type !== 'Property') continue;
          const member = memberOf(property.key, property.computed, rest);
          uses.push({ name: `${sourceOfPattern.get(node) ?? '…'}.${member}`, as: 'value', args: 0 });
        }
        rest.push(...node.properties);
        break;
      case 'Property':
      case 'MethodDefinition':
      case 'PropertyDefinition':
        rest.push(...childrenOf(node).filter((child) => node.computed || child !== node.key));
        break;
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
        break;
      case 'ExportNamedDeclaration':
        if (node.source === null) rest.push(...childrenOf(node));
        break;
      default:
        if (!node.type.startsWith('TS')) rest.push(...childrenOf(node));
        else if ('expression' in node && typeof node.expression === 'object') rest.push(node.expression);
    }
    rest.forEach(look);
  };
  look(program);
  return { uses, isAsync };
}

function childrenOf(node: Node): Node[] {
  return (
    visitorKeys[node.type]!.flatMap((key) => (node as unknown as Record<string, Node | Node[] | null>)[key] ?? [])
      // An array may have holes.
      .filter((child) => child !== null)
  );
}

/** @param rest gets what stands in it and is no name */
function nameOf(node: Node, rest: Node[]): string {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'ThisExpression':
      return 'this';
    case 'MemberExpression':
      return `${nameOf(node.object, rest)}.${memberOf(node.property, node.computed, rest)}`;
    case 'ChainExpression':
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSNonNullExpression':
    case 'TSSatisfiesExpression':
      return nameOf(node.expression, rest);
    default:
      if (node.type === 'Literal' && 'regex' in node) return 'RegExp';
      rest.push(node);
      return '…';
  }
}

function memberOf(node: Node, computed: boolean, rest: Node[]): string {
  if (!computed && (node.type === 'Identifier' || node.type === 'PrivateIdentifier')) return node.name;
  if (node.type === 'Literal') return String(node.value);
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? '…';
  rest.push(node);
  return '…';
}
