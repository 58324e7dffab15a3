/**
 * The command reference: one page per command, from the command tree itself, so that it cannot differ from `--help`.
 * Reads the built command line (`packages/cli/dist`).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes one Markdown file per command and subcommand.
 *
 * @param {string} folder - where to write; it is created
 * @returns {Promise<number>} the number of pages
 */
export async function writeCommandPages(folder) {
  const { createProgram } = await import('../../packages/cli/dist/program.js');
  const { loadAllCommands } = await import('../../packages/cli/dist/command-list.js');
  const program = createProgram(await loadAllCommands());
  mkdirSync(folder, { recursive: true });
  const pages = visible(program).flatMap((command) => branch(command, []));
  for (const { path, text } of pages) writeFileSync(join(folder, `${path.join('-')}.md`), text);
  return pages.length;
}

function branch(command, parents) {
  const path = [...parents, command.name()];
  return [
    { path, text: page(command, path) },
    ...visible(command).flatMap((one) => branch(one, path)),
  ];
}

/** Without those that only telltale itself starts, and without `help`. */
function visible(command) {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
}

/** One command as Markdown; `path` is its name after those of its parents. */
function page(command, path) {
  const help = command.createHelp();
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return [
    `# telltale ${path.join(' ')}`,
    prose(command.description()),
    `\`\`\`sh\ntelltale ${[...path, command.usage()].join(' ')}\n\`\`\``,
    ...list('Arguments', help.visibleArguments(command), (one) => [
      help.argumentTerm(one),
      help.argumentDescription(one),
    ]),
    ...[...grouped(options)].flatMap(([title, some]) =>
      list(title, some, (one) => [
        one.flags,
        help.optionDescription(one).replace(/ \(default: false\)$/, ''),
        one.mandatory,
      ]),
    ),
    ...list('Subcommands', visible(command), (one) => [
      `telltale ${[...path, one.name()].join(' ')}`,
      one.description(),
    ]),
    ...after(command),
  ]
    .join('\n\n')
    .concat('\n');
}

function groupOf(option) {
  return (option.helpGroupHeading ?? 'Options').replace(/:$/, '');
}

function grouped(options) {
  const groups = new Map();
  for (const option of options) {
    const title = groupOf(option);
    groups.set(title, [...(groups.get(title) ?? []), option]);
  }
  return groups;
}

function list(title, items, cells) {
  if (items.length === 0) return [];
  const rows = items.map((item) => {
    const [term, description, required = false] = cells(item);
    return `| \`${escapeCell(term)}\` | ${required ? '**Required.** ' : ''}${prose(description)} |`;
  });
  const header = '| | meaning |';
  return [`## ${title}`, [header, '| --- | --- |', ...rows].join('\n')];
}

/** What a command prints after its options. */
function after(command) {
  const written = [];
  const context = { error: false, command, write: (text) => written.push(text) };
  command.emit('afterHelp', context);
  const text = written.join('').trim();
  return text === '' ? [] : ['## Notes', `\`\`\`text\n${text}\n\`\`\``];
}

/** Text of the help as Markdown: nothing in it is markup. */
function prose(text) {
  return escapeCell(text)
    .replaceAll(/[<>{}*_[\]]/g, String.raw`\$&`)
    .replaceAll(/"(telltale [^"]+)"/g, '`$1`')
    .replaceAll('\n', ' ');
}

function escapeCell(text) {
  return text.replaceAll('|', String.raw`\|`);
}
