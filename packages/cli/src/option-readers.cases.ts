/**
 * @file Which options of a command its code reads, found in the source with the compiler.
 *
 * The options object is followed from the action of a command through calls, destructuring, spreads and nested objects.
 * An option counts as read where its property is named: `options.fps`, `const { fps } = options`. Passing the whole
 * object on is not enough.
 */
import ts from 'typescript';

/** Properties of the options that are read, by the name of the command. */
export type Readers = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Follows the options of every `.action(…)` in these files.
 *
 * @param isCommandFile - which files of the program define commands
 */
export function readersOf(program: ts.Program, isCommandFile: (path: string) => boolean): Readers {
  const checker = program.getTypeChecker();
  const found = new Map<string, ReadonlySet<string>>();
  const visit = (node: ts.Node): void => {
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.name.text === 'action'
    ) {
      const [action] = node.arguments;
      if (action !== undefined && ts.isArrowFunction(action)) {
        const name = commandName(node.expression.expression);
        if (found.has(name)) throw new Error(`two commands are named ${name}`);
        const reads = new Set<string>();
        for (const { name: parameter } of action.parameters) follow(checker, parameter, reads);
        found.set(name, reads);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const file of program.getSourceFiles()) if (isCommandFile(file.fileName)) visit(file);
  return found;
}

/** The name at the start of a chain: `new Command('spot').option(…)`, or a helper called with it. */
function commandName(chain: ts.Expression): string {
  let node: ts.Expression = chain;
  while (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    node = node.expression.expression;
  }
  const [first] = (node as ts.CallExpression | ts.NewExpression).arguments ?? [];
  if (first === undefined || !ts.isStringLiteral(first))
    throw new Error(`no name in ${node.getText()}`);
  return first.text;
}

/** Adds what is read of the value that a parameter or variable is bound to. */
function follow(checker: ts.TypeChecker, start: ts.BindingName, reads: Set<string>): void {
  const seen = new Set<string>();
  const idOf = new Map<ts.Symbol, number>();

  /** @param path - properties that lead from the bound value to the options */
  function binding(name: ts.BindingName, path: readonly string[]): void {
    if (ts.isIdentifier(name)) {
      identifier(name, path);
      return;
    }
    if (!ts.isObjectBindingPattern(name)) return;
    for (const element of name.elements) {
      if (element.dotDotDotToken) {
        binding(element.name, path);
        continue;
      }
      const key = element.propertyName ?? element.name;
      if (!ts.isIdentifier(key)) continue;
      if (path.length === 0) reads.add(key.text);
      else if (key.text === path[0]) binding(element.name, path.slice(1));
    }
  }

  function identifier(name: ts.Identifier, path: readonly string[]): void {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol === undefined) return;
    if (!idOf.has(symbol)) idOf.set(symbol, idOf.size);
    const once = `${idOf.get(symbol)!} ${path.join('.')}`;
    if (seen.has(once)) return;
    seen.add(once);
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node) && node !== name) {
        const own = ts.isShorthandPropertyAssignment(node.parent)
          ? checker.getShorthandAssignmentValueSymbol(node.parent)
          : checker.getSymbolAtLocation(node);
        if (own === symbol) use(node, path);
      }
      ts.forEachChild(node, visit);
    };
    visit(scopeOf(name));
  }

  function use(node: ts.Node, path: readonly string[]): void {
    const { parent } = node;
    if (ts.isPropertyAccessExpression(parent) && parent.expression === node) {
      if (path.length === 0) reads.add(parent.name.text);
      else if (parent.name.text === path[0]) use(parent, path.slice(1));
    } else if (ts.isVariableDeclaration(parent) && parent.initializer === node) {
      binding(parent.name, path);
    } else if (ts.isCallExpression(parent)) {
      const place = parent.arguments.indexOf(node as ts.Expression);
      const called = checker.getResolvedSignature(parent)?.declaration;
      const parameter = called?.parameters[place];
      if (place >= 0 && parameter !== undefined && ts.isParameter(parameter)) {
        binding(parameter.name, path);
      }
    } else if (ts.isShorthandPropertyAssignment(parent)) {
      use(parent.parent, [parent.name.text, ...path]);
    } else if (ts.isPropertyAssignment(parent) && parent.initializer === node) {
      use(parent.parent, [parent.name.getText(), ...path]);
    } else if (ts.isSpreadAssignment(parent)) {
      use(parent.parent, path);
    } else if (
      ts.isParenthesizedExpression(parent) ||
      ts.isAsExpression(parent) ||
      ts.isSatisfiesExpression(parent) ||
      ts.isNonNullExpression(parent) ||
      (ts.isConditionalExpression(parent) && parent.condition !== node)
    ) {
      use(parent, path);
    }
  }

  binding(start, []);
}

/** The function or file whose code may name a variable. */
function scopeOf(node: ts.Node): ts.Node {
  let scope = node.parent;
  while (!ts.isFunctionLike(scope) && !ts.isSourceFile(scope)) scope = scope.parent;
  return scope;
}
