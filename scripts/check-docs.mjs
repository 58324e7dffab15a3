/**
 * Whether everything that the packages export is documented: reads the built declarations (`dist/*.d.ts`), follows every
 * entry of every package's `exports`, and names each export, and each member of an exported interface, object type or
 * class, that has no doc comment.
 *
 *     npm run build && node scripts/check-docs.mjs            # all packages; exit status 1 where something is missing
 *     npm run build && node scripts/check-docs.mjs core node  # some of them
 *
 * Members of types that another package exports are checked there. A member that is declared in place, `{ a: number }`
 * inside a signature, needs no comment of its own.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));
const chosen = process.argv.slice(2);
const packages = readdirSync(join(root, 'packages')).filter(
  (name) => chosen.length === 0 || chosen.includes(name),
);

/** Declaration files of a package's entries, by the name they are imported by. */
function entriesOf(name) {
  const folder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.entries(manifest.exports ?? {})
    .filter(([, target]) => typeof target === 'object' && typeof target.types === 'string')
    .map(([path, { types }]) => [`${manifest.name}${path.slice(1)}`, join(folder, types)]);
}

const entries = packages.flatMap(entriesOf);
const program = ts.createProgram({
  rootNames: entries.map(([, file]) => file),
  options: {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
    types: ['node'],
    strict: true,
    noEmit: true,
  },
});
const checker = program.getTypeChecker();
const missing = new Map();
const seen = new Set();

/** Notes a declaration without a doc comment, once, by its file and line. */
function require(node, what) {
  if (seen.has(node)) return;
  seen.add(node);
  if (hasDoc(node)) return;
  const file = node.getSourceFile();
  const line = file.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  missing.set(`${relative(root, file.fileName)}:${line}`, what);
}

/** The comment of a variable belongs to its statement. */
function hasDoc(node) {
  const owner = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts
    .getJSDocCommentsAndTags(owner)
    .some((doc) => ts.isJSDoc(doc) && (doc.comment !== undefined || (doc.tags?.length ?? 0) > 0));
}

function isHidden(node) {
  const flags = ts.getCombinedModifierFlags(node);
  return (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
}

function checkMembers(members, owner) {
  for (const member of members) {
    if (isHidden(member) || ts.isConstructorDeclaration(member)) continue;
    if (ts.isCallSignatureDeclaration(member) || ts.isIndexSignatureDeclaration(member)) continue;
    const name = member.name?.getText() ?? 'constructor';
    if (name.startsWith('#')) continue;
    require(member, `${owner}.${name}`);
    if (member.type) checkType(member.type, `${owner}.${name}`);
  }
}

/** Members of object types, also where they are parts of a union, an intersection or a list. */
function checkType(type, owner) {
  if (ts.isTypeLiteralNode(type)) checkMembers(type.members, owner);
  else if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) {
    for (const part of type.types) checkType(part, owner);
  } else if (ts.isArrayTypeNode(type)) checkType(type.elementType, owner);
  else if (ts.isParenthesizedTypeNode(type) || ts.isTypeOperatorNode(type)) {
    checkType(type.type, owner);
  }
}

function checkDeclaration(node, name) {
  const { fileName } = node.getSourceFile();
  if (!fileName.startsWith(join(root, 'packages/')) || fileName.includes('/node_modules/')) return;
  require(node, name);
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
    checkMembers(node.members, name);
  } else if (ts.isTypeAliasDeclaration(node)) checkType(node.type, name);
}

let count = 0;
for (const [entry, file] of entries) {
  const source = program.getSourceFile(file);
  if (source === undefined) {
    process.stderr.write(
      `${entry}: ${relative(root, file)} is missing. Run npm run build first.\n`,
    );
    process.exit(2);
  }
  const module = checker.getSymbolAtLocation(source);
  for (const exported of module ? checker.getExportsOfModule(module) : []) {
    count++;
    const symbol =
      (exported.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(exported) : exported;
    const declarations = symbol.declarations ?? [];
    // Of an overloaded function the first declaration carries the comment.
    const first = declarations.some((node) => ts.isFunctionDeclaration(node) && hasDoc(node));
    for (const node of declarations) {
      if (first && ts.isFunctionDeclaration(node)) continue;
      checkDeclaration(node, `${entry}: ${exported.name}`);
    }
  }
}

for (const [place, what] of missing) process.stdout.write(`${place} ${what} has no doc comment\n`);
process.stderr.write(
  `${count} exports of ${entries.length} entries: ${missing.size} doc comments are missing\n`,
);
process.exit(missing.size > 0 ? 1 : 0);
