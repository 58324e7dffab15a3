/**
 * @file ESLint rule: a string that comes from outside is not used as a key of a plain object.
 *
 * `table[name]` finds `constructor`, `toString` and `__proto__` in every object, and an assignment to
 * `__proto__` changes it. Reading takes `own(table, name)` or stands behind `Object.hasOwn(table, name)`;
 * what is filled by input is a Map, or made by `Object.fromEntries`.
 */
import ts from 'typescript';

/** @type {import('eslint').Rule.RuleModule} */
export const ownKeys = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: 'No access to a dictionary by a string without a look at own properties' },
    messages: {
      read: "Use own({{object}}, …) or Object.hasOwn: '{{key}}' may be 'constructor' or '__proto__'.",
      write: "Use a Map or Object.fromEntries: '{{key}}' may be '__proto__'.",
    },
  },
  create(context) {
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();
    const textOf = (node) => context.sourceCode.getText(node);
    const isDictionary = (type) =>
      (type.isUnion() ? type.types : [type]).some(
        (one) => checker.getIndexInfoOfType(one, ts.IndexKind.String) !== undefined,
      );
    /** Whether a condition around the access has looked for the key in the same object. */
    const isGuarded = (node) => {
      const check = `Object.hasOwn(${textOf(node.object)}, ${textOf(node.property)})`;
      for (let at = node; at.parent; at = at.parent) {
        const test = at.parent.test ?? (at.parent.type === 'LogicalExpression' && at.parent.left);
        if (test && test !== at && textOf(test).includes(check)) return true;
      }
      return false;
    };
    return {
      MemberExpression(node) {
        if (!node.computed || node.property.type === 'Literal') return;
        if (!(services.getTypeAtLocation(node.property).flags & ts.TypeFlags.String)) return;
        if (!isDictionary(services.getTypeAtLocation(node.object)) || isGuarded(node)) return;
        const isWritten = node.parent.type === 'AssignmentExpression' && node.parent.left === node;
        context.report({
          node,
          messageId: isWritten ? 'write' : 'read',
          data: { object: textOf(node.object), key: textOf(node.property) },
        });
      },
      "BinaryExpression[operator='in'][left.type!='Literal'][left.type!='PrivateIdentifier']"(
        node,
      ) {
        context.report({
          node,
          messageId: 'read',
          data: { object: textOf(node.right), key: textOf(node.left) },
        });
      },
    };
  },
};
