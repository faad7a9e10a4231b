import { counted } from '../../core/counted.ts';
import { SECOND_MS } from '../../core/time/duration.ts';
import { printable, printableJson, printableLines } from '../../text.ts';
import { table, type Column } from './table.ts';
import { fitted, hanging, widthOf } from './text.ts';

/** The stream of a process or a stand-in of a test. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Shows how much of a long work is done. */
export interface Progress {
  readonly update: (done: number, total: number, note?: string) => void;
  /** Removes the bar. */
  readonly end: () => void;
}

/** Where commands print: data and answers on standard output, everything else on standard error. */
export interface Terminal {
  /** Standard output is a screen that lines can be redrawn on. */
  readonly interactive: boolean;
  /** Sentences and tables. On a screen, lines that are too long go on in further ones, without a word being broken. */
  print(text: string): void;
  /** What somebody copies, such as a command: each line stays one line. */
  printWhole(text: string): void;
  /** Standard output gets the text as it is, such as a file. */
  write(text: string): void;
  printJson(value: unknown): void;
  /** The text of a table that fits standard output. */
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string;
  /** For the reader of the screen, not for a program. */
  note(text: string): void;
  /** @param options `quiet`: show nothing, because the answer is JSON */
  progress(title: string, options?: { readonly quiet?: boolean | undefined }): Progress;
  /** Lines that replace themselves with every call; printed one below the other where that is impossible. */
  live(): { show(lines: readonly string[]): void };
}

const BAR_CELLS = 24;
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;

// @clack/prompts has bars too, but they set the keyboard raw and end the process with 0 on Ctrl-C, cleaning up nothing.
/** @param monotonic milliseconds, to say how long a work still takes; left out: nothing is said of that */
export function createTerminal(stdout: Output, stderr: Output, monotonic?: () => number): Terminal {
  const interactive = stdout.isTTY === true;
  return {
    interactive,
    table: (columns, rows) => table(columns, rows, interactive ? room(stdout.columns) : null),
    print(text) {
      const lines = printableLines(text).split('\n');
      const shown = interactive ? lines.flatMap((line) => hanging(line, room(stdout.columns))) : lines;
      stdout.write(`${shown.join('\n')}\n`);
    },
    printWhole: (text) => void stdout.write(`${printableLines(text)}\n`),
    write: (text) => void stdout.write(text),
    printJson: (value) => void stdout.write(`${printableJson(JSON.stringify(value, null, 2))}\n`),
    note: (text) => void stderr.write(`${printableLines(text)}\n`),
    progress(title, { quiet = false } = {}) {
      if (quiet) return { update: () => undefined, end: () => undefined };
      return interactive ? bar(stdout, title, monotonic) : tenths(stderr, title);
    },
    live() {
      let drawn: readonly string[] = [];
      return {
        show(lines) {
          const plain = lines.map(printable);
          if (!interactive) return void stdout.write(`${plain.join('\n')}\n`);
          // A screen that became narrower since has broken what was drawn into more lines.
          const up = drawn.reduce(
            (sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / (room(stdout.columns) + 1))),
            0,
          );
          drawn = fitting(plain, stdout);
          stdout.write(`${up > 0 ? `\x1b[${up}A\r\x1b[0J` : ''}${drawn.join('\n')}\n`);
        },
      };
    },
  };
}

function bar(stdout: Output, title: string, monotonic: (() => number) | undefined): Progress {
  const beganAt = monotonic?.() ?? 0;
  const draw = (text: string) => stdout.write(`\r\x1b[2K${fit(text, stdout.columns)}`);
  draw(title);
  return {
    update(done, total, note = '') {
      if (total === 0) return;
      const cells = Math.floor((done / total) * BAR_CELLS);
      const drawn = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
      const left = monotonic === undefined ? '' : timeLeft(monotonic() - beganAt, done, total);
      draw([title, drawn, `${done}/${total}`, left, printable(note)].filter((text) => text !== '').join('  '));
    },
    end: () => void stdout.write('\r\x1b[2K'),
  };
}

/** It takes so long until a guess is worth something. */
const GUESS_AFTER_MS = 2_000;

/** `12 s left`, or `3 min left`, as far as what is done so far tells; nothing at the start and at the end. */
function timeLeft(elapsedMs: number, done: number, total: number): string {
  if (elapsedMs < GUESS_AFTER_MS || done === 0 || done >= total) return '';
  const seconds = Math.ceil((elapsedMs / done) * (total - done)) / SECOND_MS;
  return seconds < 90 ? `${Math.ceil(seconds)} s left` : `${Math.round(seconds / 60)} min left`;
}

/** A line whenever another tenth is done, so that a log of it stays short. */
function tenths(stderr: Output, title: string): Progress {
  let lastTenth = -1;
  return {
    update(done, total) {
      const tenth = Math.floor((done / total) * 10);
      if (total === 0 || tenth === lastTenth) return;
      lastTenth = tenth;
      stderr.write(`${title}: ${done}/${total}\n`);
    },
    end: () => undefined,
  };
}

/** What a screen can draw again: the cursor does not go up beyond its first line. */
function fitting(lines: readonly string[], { columns, rows }: Output): readonly string[] {
  const most = Math.max(2, (rows || DEFAULT_ROWS) - 1);
  const shown =
    lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${counted(lines.length - most + 1, 'more line')}`];
  return shown.map((line) => fit(line, columns));
}

function fit(line: string, columns: number | undefined): string {
  return fitted(line, room(columns));
}

/** One column is left free: some terminals wrap a line that fills the last one. A screen that does not know its size says 0. */
function room(columns: number | undefined): number {
  return (columns || DEFAULT_COLUMNS) - 1;
}
